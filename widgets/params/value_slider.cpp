#include "widgets/params/value_slider.h"

#include "widgets/params/number_spin.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSlider>

#include <algorithm>
#include <cmath>

namespace vitrine
{
namespace
{

constexpr int kSteps = 200;

} // namespace

ValueSlider::ValueSlider(const QString& label, const QString& name, const Range& range,
                         QWidget* parent)
    : QWidget(parent),
      range_(range),
      label_(new QLabel(label, this)),
      slider_(new QSlider(Qt::Horizontal, this)),
      spin_(new NumberSpin(range.typedLow, range.typedHigh, range.decimals, this))
{
    slider_->setRange(0, kSteps);
    slider_->setPageStep(kSteps / 20);
    slider_->setAccessibleName(name);
    slider_->setMinimumWidth(64);
    spin_->setAccessibleName(tr("%1, value").arg(name));
    label_->setProperty("role", "muted");
    label_->setBuddy(spin_);
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addWidget(label_);
    line->addWidget(slider_, 1);
    line->addWidget(spin_);
    connect(slider_, &QSlider::valueChanged, this, [this](int step) {
        if (quiet_)
            return;
        value_ = valueAt(step);
        spin_->setNumber(value_);
        emit chosen(value_, slider_->isSliderDown());
    });
    connect(slider_, &QSlider::sliderReleased, this, [this] { emit chosen(value_, false); });
    connect(spin_, &NumberSpin::chosen, this, [this](double value) {
        setNumber(value);
        emit chosen(value, false);
    });
}

double ValueSlider::valueAt(int step) const
{
    const double share = static_cast<double>(step) / kSteps;
    const double value = range_.logarithmic ? range_.low * std::pow(range_.high / range_.low, share)
                                            : range_.low + (range_.high - range_.low) * share;
    const double unit = std::pow(10.0, range_.decimals); // no digits beyond those that are shown
    return std::clamp(std::round(value * unit) / unit, range_.low, range_.high);
}

int ValueSlider::stepOf(double value) const
{
    const double inside = std::clamp(value, range_.low, range_.high);
    const double share = range_.logarithmic
                             ? std::log(inside / range_.low) / std::log(range_.high / range_.low)
                             : (inside - range_.low) / (range_.high - range_.low);
    return static_cast<int>(std::lround(share * kSteps));
}

void ValueSlider::setNumber(double value)
{
    quiet_ = true;
    value_ = value;
    if (slider_->value() != stepOf(value))
        slider_->setValue(stepOf(value));
    spin_->setNumber(value);
    quiet_ = false;
}

void ValueSlider::setHelp(const QString& text)
{
    for (QWidget* widget : std::initializer_list<QWidget*>{label_, slider_, spin_})
        widget->setToolTip(text);
}

} // namespace vitrine
