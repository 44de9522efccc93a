#pragma once

#include <QWidget>

#include <cstdint>
#include <vector>

class QComboBox;
class QHBoxLayout;
class QLabel;
class QMenu;
class QSpinBox;
class QToolButton;

namespace vitrine::player
{

// What the buttons under the timeline and keys (player_keys.cpp) do, but changes of the state.
enum class Act {
    play,
    first,
    last,
    back,
    forward,
    back10,
    forward10,
    keyBack,
    keyForward,
    worst,
    worstBack,
    loopIn,
    loopOut,
    loopClear,
    typeFrame,
    still,
    help
};

class TransportBar : public QWidget
{
    Q_OBJECT
public:
    explicit TransportBar(QWidget* parent);

    struct Measure {
        QString name, title;
    };
    void setMeasures(const std::vector<Measure>& measures, const QString& chosen);
    void setPosition(std::int64_t moment, std::int64_t length, double seconds);
    void setPlaying(bool playing);
    void setSpeed(double speed);
    void setLoop(bool isSet);
    void typeFrame(); // the field takes the keyboard
    void setStatus(const QString& text, const QString& help);

signals:
    void acted(vitrine::player::Act act);
    void seekWished(std::int64_t moment);
    void speedWished(double speed);
    void measureWished(const QString& name);

private:
    QToolButton* button(QHBoxLayout* row, const char* icon, const QString& name,
                        const QString& help, Act act);

    QToolButton *play_, *loopClear_;
    QComboBox *measure_, *speed_;
    QSpinBox* moment_;
    QLabel *length_, *status_;
};

} // namespace vitrine::player
