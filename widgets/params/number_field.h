#pragma once

#include "widgets/params/field.h"

#include <QLineEdit>

class QSlider;

namespace vitrine
{

// A line with the unit in muted text at its right end.
class UnitLine : public QLineEdit
{
    Q_OBJECT
public:
    UnitLine(QString unit, QWidget* parent);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString unit_;
};

// A whole or real number, or a list of whole numbers. Bounded numbers have a slider too; Up and
// Down change by one step.
class NumberField : public Field
{
    Q_OBJECT
public:
    NumberField(const ParamSpec& spec, QWidget* parent);

    QString text() const override; // with a point, whatever was typed
    void setText(const QString& text) override;
    QWidget* input() const override { return line_; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    double valueAt(int step) const;
    int stepOf(double value) const;
    void takeSlider(int step);
    void showOnSlider();
    void nudge(int direction);

    ParamSpec spec_;
    UnitLine* line_;
    QSlider* slider_ = nullptr;
};

} // namespace vitrine
