#include "widgets/params/what_if_bar.h"

#include "core/base/format.h"
#include "widgets/theme/style.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>

#include <algorithm>
#include <cmath>

namespace vitrine
{
namespace
{

constexpr int kWhatIfSteps = 400;

// A range of decades is moved through in decades.
bool inDecades(const ParamSpec& spec)
{
    return *spec.minimum > 0 && *spec.maximum / *spec.minimum > 50;
}

} // namespace

WhatIfBar::WhatIfBar(QWidget* parent)
    : QWidget(parent),
      parameter_(new QComboBox(this)),
      slider_(new QSlider(Qt::Horizontal, this)),
      number_(new QLineEdit(this)),
      unit_(new QLabel(this)),
      keep_(new QPushButton(tr("Keep as run"), this)),
      reset_(new QPushButton(tr("Reset"), this))
{
    parameter_->setAccessibleName(tr("Parameter to change"));
    parameter_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    parameter_->setMinimumContentsLength(12);
    slider_->setRange(0, kWhatIfSteps);
    slider_->setAccessibleName(tr("Value of the parameter"));
    number_->setFixedWidth(84);
    number_->setAlignment(Qt::AlignRight);
    number_->setAccessibleName(tr("Value as a number"));
    unit_->setProperty("role", "muted");
    keep_->setToolTip(tr("Starts a kept run with these values, beside what is shown"));
    reset_->setToolTip(tr("Back to the runs as they are"));
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(theme::kGrid * 2);
    line->addWidget(parameter_);
    line->addWidget(slider_, 1);
    for (QWidget* widget : std::initializer_list<QWidget*>{number_, unit_, reset_, keep_})
        line->addWidget(widget);
    connect(parameter_, &QComboBox::activated, this, [this] { show(); });
    connect(slider_, &QSlider::valueChanged, this, [this](int step) { choose(valueAt(step)); });
    connect(number_, &QLineEdit::editingFinished, this, [this] {
        const auto typed = parseReal(number_->text().replace(',', '.').toStdString());
        typed ? choose(*typed) : show();
    });
    connect(keep_, &QPushButton::clicked, this, &WhatIfBar::keepWished);
    connect(reset_, &QPushButton::clicked, this, &WhatIfBar::resetWished);
}

void WhatIfBar::setSpecs(const std::vector<ParamSpec>& specs)
{
    specs_.clear();
    parameter_->clear();
    for (const ParamSpec& one : specs)
        if ((one.type == ParamType::integer || one.type == ParamType::real) && one.minimum &&
            one.maximum && one.fallback) {
            parameter_->addItem(QString::fromStdString(one.label));
            parameter_->setItemData(parameter_->count() - 1, QString::fromStdString(one.help),
                                    Qt::ToolTipRole);
            specs_.push_back(one);
        }
    show();
}

void WhatIfBar::setValues(std::map<std::string, std::string> values, bool active)
{
    values_ = std::move(values);
    keep_->setEnabled(active);
    reset_->setEnabled(active);
    show();
}

const ParamSpec* WhatIfBar::spec() const
{
    const int index = parameter_->currentIndex();
    return index >= 0 && index < static_cast<int>(specs_.size())
               ? &specs_[static_cast<std::size_t>(index)]
               : nullptr;
}

double WhatIfBar::value() const
{
    const ParamSpec& one = *spec();
    const auto set = values_.find(one.name);
    const std::string text = set != values_.end() ? set->second : paramText(*one.fallback);
    return parseReal(text).value_or(*one.minimum);
}

void WhatIfBar::choose(double value)
{
    const ParamSpec* one = spec();
    if (!one)
        return;
    value = std::clamp(value, *one->minimum, *one->maximum);
    if (one->type == ParamType::integer)
        value = std::round(value);
    if (value == this->value())
        return show();
    auto changed = values_;
    changed[one->name] = shortest(value);
    emit chosen(changed, tr("Set %1").arg(QString::fromStdString(one->label)),
                "what-if-" + QString::fromStdString(one->name));
}

void WhatIfBar::show()
{
    const ParamSpec* one = spec();
    for (QWidget* widget : std::initializer_list<QWidget*>{slider_, number_})
        widget->setEnabled(one != nullptr);
    if (!one)
        return;
    const QSignalBlocker silent(slider_);
    slider_->setValue(stepOf(value()));
    number_->setText(QString::fromStdString(shortest(value())));
    unit_->setText(QString::fromStdString(one->unit));
    for (QWidget* widget : std::initializer_list<QWidget*>{parameter_, slider_, number_})
        widget->setToolTip(QString::fromStdString(one->help));
}

double WhatIfBar::valueAt(int step) const
{
    const ParamSpec& one = *spec();
    const double share = static_cast<double>(step) / kWhatIfSteps;
    const double value = inDecades(one)
                             ? *one.minimum * std::pow(*one.maximum / *one.minimum, share)
                             : *one.minimum + share * (*one.maximum - *one.minimum);
    // Three digits: a slider cannot be set more finely.
    if (one.type == ParamType::integer || value == 0)
        return std::round(value);
    const double unit = std::pow(10, std::floor(std::log10(std::abs(value))) - 2);
    return std::round(value / unit) * unit;
}

int WhatIfBar::stepOf(double value) const
{
    const ParamSpec& one = *spec();
    const double share =
        inDecades(one) ? std::log(value / *one.minimum) / std::log(*one.maximum / *one.minimum)
                       : (value - *one.minimum) / (*one.maximum - *one.minimum);
    return static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * kWhatIfSteps));
}

} // namespace vitrine
