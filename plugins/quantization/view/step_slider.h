#pragma once

#include <QWidget>

class QLabel;
class QSlider;

namespace vitrine::quantization_plugin
{

// One of a few places as a slider, with its name before it and what it means behind it. A key moves
// by one place.
class StepSlider : public QWidget
{
    Q_OBJECT
public:
    StepSlider(const QString& label, const QString& name, QWidget* parent);

    void setSteps(int first, int last);
    void setStep(int step); // emits nothing
    int step() const;
    void setWords(const QString& words);

signals:
    void chosen(int step, bool dragging); // by a person

private:
    QLabel* label_;
    QSlider* slider_;
    QLabel* words_;
};

} // namespace vitrine::quantization_plugin
