#include "widgets/params/number_field.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QSignalBlocker>
#include <QSlider>
#include <QStyle>

#include "core/base/format.h"
#include "widgets/theme/palette.h"

#include <algorithm>
#include <cmath>

namespace vitrine
{
namespace
{

constexpr int kSliderSteps = 1000;
constexpr std::int64_t kMostWholeSteps =
    100'000; // a wider whole range gets no slider: a pixel would be thousands

bool hasSlider(const ParamSpec& spec)
{
    if (!spec.minimum || !spec.maximum || *spec.maximum <= *spec.minimum)
        return false;
    if (spec.type == ParamType::real)
        return std::isfinite(*spec.maximum - *spec.minimum);
    return spec.type == ParamType::integer && *spec.maximum - *spec.minimum <= kMostWholeSteps &&
           spec.name != "threads";
}

bool movesInDecades(const ParamSpec& spec)
{
    return spec.logarithmic && *spec.minimum > 0;
}

} // namespace

UnitLine::UnitLine(QString unit, QWidget* parent) : QLineEdit(parent), unit_(std::move(unit))
{
    if (unit_ == "1")
        unit_.clear();
    if (!unit_.isEmpty())
        setTextMargins(0, 0, fontMetrics().horizontalAdvance(unit_) + 6, 0);
}

void UnitLine::paintEvent(QPaintEvent* event)
{
    QLineEdit::paintEvent(event);
    if (unit_.isEmpty())
        return;
    QPainter painter(this);
    painter.setPen(theme::palette().muted);
    painter.drawText(rect().adjusted(0, 0, -10, 0), Qt::AlignRight | Qt::AlignVCenter, unit_);
}

NumberField::NumberField(const ParamSpec& spec, QWidget* parent)
    : Field(parent), spec_(spec), line_(new UnitLine(QString::fromStdString(spec.unit), this))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    if (hasSlider(spec)) {
        slider_ = new QSlider(Qt::Horizontal, this);
        const bool whole = spec.type == ParamType::integer && !movesInDecades(spec);
        slider_->setRange(0,
                          whole ? static_cast<int>(*spec.maximum - *spec.minimum) : kSliderSteps);
        slider_->setPageStep(std::max(1, slider_->maximum() / 10));
        slider_->setAccessibleName(QString::fromStdString(spec.label) + " slider");
        slider_->setMinimumHeight(24);
        row->addWidget(slider_, 1);
        line_->setFixedWidth(spec.unit.size() > 2 ? 104 : 84);
        line_->setAlignment(Qt::AlignRight);
        connect(slider_, &QSlider::valueChanged, this, &NumberField::takeSlider);
        connect(slider_, &QSlider::sliderReleased, this, &Field::settled);
    }
    row->addWidget(line_, slider_ == nullptr ? 1 : 0);
    setFocusProxy(line_);
    line_->installEventFilter(this);
    connect(line_, &QLineEdit::textEdited, this, [this] {
        showOnSlider();
        emit edited();
    });
    connect(line_, &QLineEdit::editingFinished, this, &Field::settled);
}

QString NumberField::text() const
{
    QString text = line_->text().trimmed();
    text.replace(QChar(0x2212), '-'); // as the window writes numbers
    if (spec_.type == ParamType::real)
        text.replace(',', '.');
    if (spec_.type == ParamType::integers)
        text.remove(' ');
    return text;
}

void NumberField::setText(const QString& text)
{
    line_->setText(text);
    line_->setCursorPosition(0);
    showOnSlider();
}

bool NumberField::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress && spec_.type != ParamType::integers) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down) {
            nudge(key == Qt::Key_Up ? 1 : -1);
            return true;
        }
    }
    return Field::eventFilter(watched, event);
}

double NumberField::valueAt(int step) const
{
    const double share = static_cast<double>(step) / slider_->maximum();
    if (movesInDecades(spec_))
        return *spec_.minimum * std::pow(*spec_.maximum / *spec_.minimum, share);
    return *spec_.minimum + (*spec_.maximum - *spec_.minimum) * share;
}

int NumberField::stepOf(double value) const
{
    const double bounded = std::clamp(value, *spec_.minimum, *spec_.maximum);
    const double share =
        movesInDecades(spec_)
            ? std::log(bounded / *spec_.minimum) / std::log(*spec_.maximum / *spec_.minimum)
            : (bounded - *spec_.minimum) / (*spec_.maximum - *spec_.minimum);
    return static_cast<int>(std::lround(share * slider_->maximum()));
}

void NumberField::takeSlider(int step)
{
    const double value = valueAt(step);
    const QString text = spec_.type == ParamType::integer
                             ? QString::number(std::llround(value))
                             : QString::number(std::clamp(QString::number(value, 'g', 3).toDouble(),
                                                          *spec_.minimum, *spec_.maximum),
                                               'g', 6);
    line_->setText(text);
    emit edited();
    if (!slider_->isSliderDown())
        emit settled();
}

void NumberField::showOnSlider()
{
    const auto value = parseReal(text().toStdString());
    if (slider_ == nullptr || !value || !std::isfinite(*value))
        return;
    const QSignalBlocker quiet(slider_);
    slider_->setValue(stepOf(*value));
}

void NumberField::nudge(int direction)
{
    if (slider_ != nullptr && spec_.type == ParamType::real) {
        slider_->setValue(slider_->value() + direction * slider_->maximum() / 100);
        return;
    }
    const auto value = parseReal(text().toStdString());
    if (!value)
        return;
    double next = *value + direction;
    if (spec_.minimum)
        next = std::max(next, *spec_.minimum);
    if (spec_.maximum)
        next = std::min(next, *spec_.maximum);
    setText(spec_.type == ParamType::integer ? QString::number(std::llround(next))
                                             : QString::number(next));
    emit edited();
    emit settled();
}

} // namespace vitrine
