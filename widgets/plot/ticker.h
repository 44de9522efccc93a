#pragma once

#include <qcustomplot.h>

#include "core/figure/ticks.h"

namespace vitrine::plot
{

// QCustomPlot's marks as core/figure chooses them.
class Ticker : public QCPAxisTicker
{
public:
    explicit Ticker(figure::Axis axis) : axis_(std::move(axis)) {}

    void setMost(int labels) { most_ = labels; }
    // Longer labels end with an ellipsis. Pixels in the font of tick labels.
    void setRoom(double pixels) { room_ = pixels; }
    figure::Ticks ticksFor(figure::Range range) const;

    void generate(const QCPRange& range, const QLocale& locale, QChar formatChar, int precision,
                  QVector<double>& ticks, QVector<double>* subTicks,
                  QVector<QString>* tickLabels) override;

private:
    figure::Axis axis_;
    int most_ = 6;
    double room_ = 120;
};

} // namespace vitrine::plot
