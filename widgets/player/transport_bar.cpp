#include "widgets/player/transport_bar.h"

#include "widgets/theme/icon.h"
#include "widgets/theme/style.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace vitrine::player
{
namespace
{

constexpr double kSpeeds[] = {0.1, 0.25, 0.5, 1, 2, 4};

} // namespace

QToolButton* TransportBar::button(QHBoxLayout* row, const char* icon, const QString& name,
                                  const QString& help, Act act)
{
    auto* made = new QToolButton(this);
    made->setIcon(theme::icon(QLatin1String(icon)));
    made->setIconSize({20, 20});
    made->setAccessibleName(name);
    made->setToolTip(help);
    connect(made, &QToolButton::clicked, this, [this, act] { emit acted(act); });
    row->addWidget(made);
    return made;
}

TransportBar::TransportBar(QWidget* parent) : QWidget(parent)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(1);
    button(row, "first", tr("First frame"), tr("First frame, or first of the loop (Home)"),
           Act::first);
    button(row, "key-back", tr("Key frame before"),
           tr("Key frame before, of the second pane (Page Up)"), Act::keyBack);
    button(row, "step-back", tr("Frame before"), tr("Frame before (Left); ten: Shift+Left"),
           Act::back);
    play_ = button(row, "run", tr("Play"), tr("Play or pause (Space)"), Act::play);
    button(row, "step-forward", tr("Frame after"), tr("Frame after (Right); ten: Shift+Right"),
           Act::forward);
    button(row, "key-forward", tr("Key frame after"),
           tr("Key frame after, of the second pane (Page Down)"), Act::keyForward);
    button(row, "last", tr("Last frame"), tr("Last frame, or last of the loop (End)"), Act::last);
    row->addSpacing(8);
    moment_ = new QSpinBox(this);
    moment_->setButtonSymbols(QAbstractSpinBox::NoButtons);
    moment_->setAlignment(Qt::AlignRight);
    moment_->setAccessibleName(tr("Frame"));
    moment_->setToolTip(tr("The frame shown; type another and press Enter (G)"));
    moment_->setKeyboardTracking(false);
    moment_->setFixedWidth(66);
    connect(moment_, &QSpinBox::valueChanged, this, [this](int value) { emit seekWished(value); });
    row->addWidget(moment_);
    length_ = new QLabel(this);
    length_->setProperty("role", "muted");
    length_->setMinimumWidth(96);
    row->addSpacing(4);
    row->addWidget(length_);
    row->addSpacing(6);
    button(row, "loop-in", tr("Loop from here"), tr("The loop begins here (,)"), Act::loopIn);
    button(row, "loop-out", tr("Loop to here"), tr("The loop ends here (.)"), Act::loopOut);
    loopClear_ = button(row, "cancel", tr("No loop"), tr("No loop (L)"), Act::loopClear);
    row->addSpacing(6);
    speed_ = new QComboBox(this);
    speed_->setAccessibleName(tr("Speed"));
    speed_->setToolTip(tr("Speed of playing (< slower, > faster)"));
    for (const double speed : kSpeeds)
        speed_->addItem(QStringLiteral("%1 ×").arg(speed), speed);
    connect(speed_, &QComboBox::activated, this,
            [this](int index) { emit speedWished(speed_->itemData(index).toDouble()); });
    row->addWidget(speed_);
    row->addSpacing(6);
    button(row, "worst", tr("Worst frame"),
           tr("Frame where the second pane is worst by the measure beside; again: the next worst "
              "(W; back: Shift+W)"),
           Act::worst);
    measure_ = new QComboBox(this);
    measure_->setAccessibleName(tr("Measure"));
    measure_->setToolTip(tr("The upper curves of the timeline, and what worst means (M)"));
    connect(measure_, &QComboBox::activated, this,
            [this](int index) { emit measureWished(measure_->itemData(index).toString()); });
    row->addWidget(measure_);
    row->addSpacing(8);
    status_ = new QLabel(this);
    status_->setProperty("role", "caption");
    status_->setAccessibleName(tr("State of playing"));
    status_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    status_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row->addWidget(status_, 1);
    setLoop(false);
}

void TransportBar::setMeasures(const std::vector<Measure>& measures, const QString& chosen)
{
    const QSignalBlocker silent(measure_);
    measure_->clear();
    for (const Measure& one : measures)
        measure_->addItem(one.title, one.name);
    measure_->setCurrentIndex(std::max(0, measure_->findData(chosen)));
}

void TransportBar::setPosition(std::int64_t moment, std::int64_t length, double seconds)
{
    const QSignalBlocker silent(moment_);
    moment_->setRange(0, static_cast<int>(std::max<std::int64_t>(0, length - 1)));
    moment_->setValue(static_cast<int>(moment));
    const int minutes = static_cast<int>(seconds / 60);
    length_->setText(tr("/ %1 · %2:%3")
                         .arg(std::max<std::int64_t>(0, length - 1))
                         .arg(minutes)
                         .arg(seconds - minutes * 60, 6, 'f', 3, QLatin1Char('0')));
}

void TransportBar::setPlaying(bool playing)
{
    play_->setIcon(theme::icon(playing ? QStringLiteral("pause") : QStringLiteral("run")));
    play_->setAccessibleName(playing ? tr("Pause") : tr("Play"));
}

void TransportBar::setSpeed(double speed)
{
    int nearest = 0;
    for (int i = 0; i < speed_->count(); ++i)
        if (std::abs(speed_->itemData(i).toDouble() - speed) <
            std::abs(speed_->itemData(nearest).toDouble() - speed))
            nearest = i;
    speed_->setCurrentIndex(nearest);
}

void TransportBar::setLoop(bool isSet)
{
    loopClear_->setEnabled(isSet);
}

void TransportBar::typeFrame()
{
    moment_->setFocus(Qt::ShortcutFocusReason);
    moment_->selectAll();
}

void TransportBar::setStatus(const QString& text, const QString& help)
{
    status_->setText(text);
    status_->setToolTip(help);
}

} // namespace vitrine::player
