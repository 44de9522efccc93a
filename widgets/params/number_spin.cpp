#include "widgets/params/number_spin.h"

#include "core/base/format.h"

#include <QLineEdit>
#include <QStyle>
#include <QToolTip>

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
