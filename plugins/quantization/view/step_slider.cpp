#include "plugins/quantization/view/step_slider.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr int kLabelWidth = 48; // sliders below each other begin at one place

} // namespace

StepSlider::StepSlider(const QString& label, const QString& name, QWidget* parent)
    : QWidget(parent),
      label_(new QLabel(label, this)),
      slider_(new QSlider(Qt::Horizontal, this)),
      words_(new QLabel(this))
{
    label_->setProperty("role", "muted");
    label_->setMinimumWidth(kLabelWidth);
    slider_->setAccessibleName(name);
    slider_->setPageStep(1);
    slider_->setMinimumWidth(96);
    slider_->setMaximumWidth(360);
    words_->setAccessibleName(tr("%1, value").arg(name));
    words_->setTextFormat(Qt::PlainText);
    words_->setWordWrap(true);
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addWidget(label_);
    line->addWidget(slider_, 2);
    line->addWidget(words_, 3);
    connect(slider_, &QSlider::valueChanged, this,
            [this](int step) { emit chosen(step, slider_->isSliderDown()); });
}

void StepSlider::setSteps(int first, int last)
{
    const QSignalBlocker silent(slider_);
    slider_->setRange(first, last);
}

void StepSlider::setStep(int step)
{
    const QSignalBlocker silent(slider_);
    slider_->setValue(step);
}

int StepSlider::step() const
{
    return slider_->value();
}

void StepSlider::setWords(const QString& words)
{
    words_->setText(words);
}

} // namespace vitrine::quantization_plugin
