#pragma once

#include <QString>
#include <QWidget>

#include <vector>

namespace vitrine
{
class FlowLayout;
class NumberSpin;
} // namespace vitrine

namespace vitrine::video_plugin
{

// Which panes are shown and which setting each codec has; the rate that all are nearest to.
class PaneChips : public QWidget
{
    Q_OBJECT
public:
    explicit PaneChips(QWidget* parent);

    struct Chip {
        QString id, name;
        int colour = 0;
        bool isShown = true;
        bool isRemovable = false; // an opened file
        struct Setting {
            QString value, title;
        };
        std::vector<Setting> settings; // none or one: no choice
        int chosen = 0;
    };
    // `kbps` NaN: rates are not known.
    void setChips(const std::vector<Chip>& chips, double kbps);
    void addFront(QWidget* widget); // before all chips

signals:
    void shownWished(const QString& id, bool shown);
    void settingWished(const QString& id, const QString& setting);
    void rateWished(double kbps);
    void removeWished(const QString& id);
    void addWished();

private:
    QWidget* make(const Chip& chip);

    FlowLayout* flow_;
    std::vector<QWidget*> made_;
    std::vector<QString> names_; // of what is made: only a change of those makes anew
    NumberSpin* rate_;
    QWidget* rateBox_;
    QWidget* add_;
};

} // namespace vitrine::video_plugin
