#pragma once

#include "widgets/player/player_state.h"

#include <QWidget>

#include <vector>

class QComboBox;
class QHBoxLayout;
class QLabel;
class QToolButton;

namespace vitrine
{
class SegmentedSwitch;
class ValueSlider;
} // namespace vitrine

namespace vitrine::player
{

// How the panes are shown, overlays and panels, and below it what the chosen way needs.
class ViewBar : public QWidget
{
    Q_OBJECT
public:
    explicit ViewBar(QWidget* parent);

    struct Choice {
        QString id, name;
    };
    void setPanes(const std::vector<Choice>& panes, int first, int second);
    void setState(const PlayerState& state, double shownZoom); // 0: of no picture

signals:
    void edited(const vitrine::player::PlayerState& state, const QString& label,
                const QString& mergeKey);
    void helpWished();
    void zoomWished(double zoom); // 0: fit

private:
    void makeTop(QHBoxLayout* row);
    void makeOptions(QHBoxLayout* row);
    QToolButton* toggle(const char* icon, const QString& name, const QString& help,
                        bool PlayerState::*member);
    void edit(const PlayerState& state, const QString& label, const QString& mergeKey = {})
    {
        emit edited(state, label, mergeKey);
    }

    PlayerState state_;
    SegmentedSwitch *modes_, *differences_, *planes_;
    struct Toggle {
        QToolButton* button;
        bool PlayerState::*member;
    };
    std::vector<Toggle> toggles_;
    QToolButton *blocks_, *zoom_;
    QWidget* options_;
    QLabel *firstLabel_, *secondLabel_;
    QComboBox *first_, *second_;
    QToolButton* direction_;
    ValueSlider *gain_, *hertz_;
};

} // namespace vitrine::player
