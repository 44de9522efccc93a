#include "widgets/plot/ticker.h"

#include "widgets/theme/style.h"

#include <QFontMetricsF>

namespace vitrine::plot
{

figure::Ticks Ticker::ticksFor(figure::Range range) const
{
    return figure::chooseTicks(axis_, range, most_);
}

void Ticker::generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks,
                      QVector<double>* subTicks, QVector<QString>* tickLabels)
{
    const QFontMetricsF metrics(theme::uiFont(11));
    const figure::Ticks chosen = ticksFor({range.lower, range.upper});
    ticks.clear();
    if (tickLabels)
        tickLabels->clear();
    for (const figure::Axis::Tick& tick : chosen.major) {
        ticks << tick.position;
        if (tickLabels)
            *tickLabels << metrics.elidedText(QString::fromStdString(tick.label), Qt::ElideRight,
                                              room_);
    }
    if (subTicks)
        *subTicks = QVector<double>(chosen.minor.begin(), chosen.minor.end());
}

} // namespace vitrine::plot
