#include "widgets/plot/ticker.h"

namespace vitrine::plot
{

figure::Ticks Ticker::ticksFor(figure::Range range) const
{
    return figure::chooseTicks(axis_, range, most_);
}

void Ticker::generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks,
                      QVector<double>* subTicks, QVector<QString>* tickLabels)
{
    constexpr qsizetype kLongest = 18;
    const figure::Ticks chosen = ticksFor({range.lower, range.upper});
    ticks.clear();
    if (tickLabels)
        tickLabels->clear();
    for (const figure::Axis::Tick& tick : chosen.major) {
        ticks << tick.position;
        QString label = QString::fromStdString(tick.label);
        if (label.size() > kLongest)
            label = label.left(kLongest - 1) + QChar(0x2026);
        if (tickLabels)
            *tickLabels << label;
    }
    if (subTicks)
        *subTicks = QVector<double>(chosen.minor.begin(), chosen.minor.end());
}

} // namespace vitrine::plot
