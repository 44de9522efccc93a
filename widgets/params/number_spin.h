#pragma once

#include <QDoubleSpinBox>

namespace vitrine
{

// A number in its shortest form; comma and point are both taken. Up and Down step. What is typed
// and is no number of the range is marked and told while it stands there; it is not taken.
class NumberSpin : public QDoubleSpinBox
{
    Q_OBJECT
public:
    NumberSpin(double low, double high, int decimals, QWidget* parent);

    void setNumber(double value); // emits nothing
    QString textFromValue(double value) const override;
    double valueFromText(const QString& text) const override;
    QValidator::State validate(QString& text, int& position) const override;

signals:
    void chosen(double value); // by a person

private:
    void mark(bool wrong);

    bool quiet_ = false;
};

} // namespace vitrine
