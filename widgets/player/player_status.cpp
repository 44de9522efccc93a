#include "widgets/player/player_status.h"

#include "core/base/format.h"

#include <QObject>

#include <algorithm>
#include <cmath>

namespace vitrine::player
{
namespace
{

double slowestRate(const PaneSet& panes)
{
    double slowest = 0;
    for (const Pane& pane : panes.panes())
        if (const double rate = pane.stream ? pane.stream->decodeRate() : 0; rate > 0)
            slowest = slowest > 0 ? std::min(slowest, rate) : rate;
    return slowest;
}

} // namespace

QString statusText(const PaneSet& panes, const Transport& transport)
{
    const std::int64_t moments = panes.length();
    if (moments < 1)
        return {};
    std::int64_t there = 0;
    for (const auto& [from, to] : panes.cached())
        there += to - from + 1;
    const QString cached = QObject::tr("%1 of %2 cached").arg(there).arg(moments);
    if (transport.isWaiting())
        return QObject::tr("%1 · decoder: %2 frames/s")
            .arg(cached)
            .arg(std::round(slowestRate(panes)));
    if (transport.isPlaying() || transport.count().dropped() > 0)
        return QObject::tr("%1 dropped · %2").arg(transport.count().dropped()).arg(cached);
    return cached;
}

QString statusHelp(const PaneSet& panes, const Transport& transport)
{
    std::size_t bytes = 0;
    for (const Pane& pane : panes.panes())
        bytes += pane.stream ? pane.stream->cachedBytes() : 0;
    const Transport::Count& count = transport.count();
    return QObject::tr("Decoded frames take %1. Since playing began: %2 shown in time, %3 late, "
                       "%4 skipped, %5 waits for the decoder. Frames are dropped in the display "
                       "only, never in measurements.")
        .arg(QString::fromStdString(bytesText(bytes)))
        .arg(count.shown)
        .arg(count.late)
        .arg(count.skipped)
        .arg(count.waits);
}

} // namespace vitrine::player
