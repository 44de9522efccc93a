#include "widgets/player/player_edits.h"

#include "widgets/player/geometry.h"
#include "widgets/player/measurements.h"

#include <QObject>

#include <algorithm>

namespace vitrine::player
{
namespace
{

bool isThere(const PaneSet& panes, int pane)
{
    return pane >= 0 && pane < panes.count();
}

} // namespace

std::optional<Edit> firstChosen(const PaneSet& panes, int pane)
{
    if (!isThere(panes, pane))
        return {};
    PlayerState after = panes.state();
    if (pane == panes.second())
        after.second = panes.at(panes.first()).id;
    after.first = panes.at(pane).id;
    return Edit{after, QObject::tr("Choose the first pane")};
}

std::optional<Edit> secondChosen(const PaneSet& panes, int pane)
{
    if (!isThere(panes, pane))
        return {};
    PlayerState after = panes.state();
    if (pane == panes.first() && panes.second() >= 0)
        after.first = panes.at(panes.second()).id;
    after.second = panes.at(pane).id;
    return Edit{after, QObject::tr("Choose the second pane")};
}

std::optional<Edit> shifted(const PaneSet& panes, int pane, int by)
{
    if (!isThere(panes, pane))
        return {};
    PlayerState after = panes.state();
    const Pane& one = panes.at(pane);
    if ((after.offsets[one.id] += by) == 0)
        after.offsets.erase(one.id);
    return Edit{after, QObject::tr("Shift %1 in time").arg(one.name)};
}

std::optional<Edit> nextMeasureChosen(const PaneSet& panes)
{
    PlayerState after = panes.state();
    const auto all = measuresOf(panes.panes());
    const auto now = std::ranges::find(all, after.quality, &Measure::name);
    if (now == all.end())
        return {};
    after.quality = (now + 1 == all.end() ? all.front() : *(now + 1)).name;
    return Edit{after, QObject::tr("Choose the measure")};
}

Edit looped(const PaneSet& panes, std::int64_t from, std::int64_t to)
{
    PlayerState after = panes.state();
    after.loop = std::minmax({from, to});
    return {after, QObject::tr("Loop")};
}

Edit zoomed(const PaneSet& panes, double zoom)
{
    PlayerState after = panes.state();
    after.zoom = zoom;
    if (zoom == 0)
        after.centreX = after.centreY = 0.5;
    return {after, zoom == 0 ? QObject::tr("Fit") : QObject::tr("Zoom")};
}

std::optional<Edit> zoomedBy(const Shown& shown, double factor)
{
    if (shown.place.isEmpty())
        return {};
    PlayerState after = shown.panes.state();
    zoomAbout(after, shown.place, shown.common, QRectF(shown.place).center(), factor);
    return Edit{after, QObject::tr("Zoom"), QStringLiteral("zoom")};
}

std::optional<Edit> panned(const Shown& shown, double x, double y)
{
    if (shown.place.isEmpty())
        return {};
    PlayerState after = shown.panes.state();
    pan(after, shown.place, shown.common,
        QPointF(x * shown.place.width(), y * shown.place.height()));
    return Edit{after, QObject::tr("Pan"), QStringLiteral("pan")};
}

} // namespace vitrine::player
