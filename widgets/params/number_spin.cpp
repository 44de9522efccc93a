#include "widgets/params/number_spin.h"

#include "core/base/format.h"

#include <QLineEdit>
#include <QStyle>
#include <QToolTip>

namespace vitrine
{

namespace
{

// With a decimal comma too, and with the minus sign as the window writes it.
std::optional<double> typedNumber(QString text)
{
    text.replace(QLatin1Char(','), QLatin1Char('.')).replace(QChar(0x2212), QLatin1Char('-'));
    return parseReal(text.trimmed().toStdString());
}

} // namespace

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
    connect(lineEdit(), &QLineEdit::textEdited, this, [this] { mark(!hasAcceptableInput()); });
    connect(this, &QDoubleSpinBox::editingFinished, this, [this] { mark(false); });
    connect(this, &QDoubleSpinBox::valueChanged, this, [this](double value) {
        if (!quiet_)
            emit chosen(value);
    });
}

void NumberSpin::mark(bool wrong)
{
    if (wrong)
        QToolTip::showText(
            mapToGlobal(QPoint(0, height())),
            tr("A number from %1 to %2").arg(textFromValue(minimum()), textFromValue(maximum())),
            this);
    if (property("invalid").toBool() == wrong)
        return;
    setProperty("invalid", wrong);
    style()->unpolish(this);
    style()->polish(this);
    if (!wrong)
        QToolTip::hideText();
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
    return typedNumber(text).value_or(value());
}

QValidator::State NumberSpin::validate(QString& text, int&) const
{
    const auto number = typedNumber(text);
    return number && *number >= minimum() && *number <= maximum() ? QValidator::Acceptable
                                                                  : QValidator::Intermediate;
}

} // namespace vitrine
