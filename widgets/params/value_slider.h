#pragma once

#include <QWidget>

class QLabel;
class QSlider;

namespace vitrine
{

class NumberSpin;

// A number as a slider with its name before and its value behind it; both can be changed. On a
// logarithmic one each step is the same factor.
class ValueSlider : public QWidget
{
    Q_OBJECT
public:
    struct Range {
        double low = 0, high = 1;
        double typedLow = 0, typedHigh = 1; // what may be typed beyond the slider's ends
        int decimals = 3;
        bool logarithmic = false; // low > 0
    };
    // `name` is read aloud and names the slider; the field is "NAME, value".
    ValueSlider(const QString& label, const QString& name, const Range& range, QWidget* parent);

    void setNumber(double value); // emits nothing
    double number() const { return value_; }
    void setHelp(const QString& text);

signals:
    // By a person; `dragging`: more of them are to come before the handle is let go.
    void chosen(double value, bool dragging);

private:
    double valueAt(int step) const;
    int stepOf(double value) const;

    Range range_;
    QLabel* label_;
    QSlider* slider_;
    NumberSpin* spin_;
    double value_ = 0;
    bool quiet_ = false;
};

} // namespace vitrine
