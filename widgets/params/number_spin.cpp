#include "widgets/params/number_spin.h"

#include "core/base/format.h"

namespace vitrine
{

NumberSpin::NumberSpin(double low, double high, int decimals, QWidget* parent)
    : QDoubleSpinBox(parent)
{
    setLocale(QLocale::c());
    setDecimals(decimals);
    setRange(low, high);
    setButtonSymbols(NoButtons);
    setKeyboardTracking(false);
    setAlignment(Qt::AlignRight);
    if (decimals > 0)
        setStepType(AdaptiveDecimalStepType);
    setFixedWidth(decimals > 2 ? 64 : 52);
    connect(this, &QDoubleSpinBox::valueChanged, this, [this](double value) {
        if (!quiet_)
            emit chosen(value);
    });
}

void NumberSpin::setNumber(double value)
{
    quiet_ = true;
    setValue(value);
    quiet_ = false;
}

QString NumberSpin::textFromValue(double value) const
{
    return QString::fromStdString(shortest(value));
}

double NumberSpin::valueFromText(const QString& text) const
{
    QString point = text;
    return parseReal(point.replace(QLatin1Char(','), QLatin1Char('.')).trimmed().toStdString())
        .value_or(value());
}

QValidator::State NumberSpin::validate(QString& text, int&) const
{
    QString point = text;
    const auto number =
        parseReal(point.replace(QLatin1Char(','), QLatin1Char('.')).trimmed().toStdString());
    return number && *number >= minimum() && *number <= maximum() ? QValidator::Acceptable
                                                                  : QValidator::Intermediate;
}

} // namespace vitrine
