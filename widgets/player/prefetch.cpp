#include "widgets/player/prefetch.h"

namespace vitrine::player
{
namespace
{

// Frames decoded before they are wished for: one and a half seconds at 60 a second, so that a
// stretch that is hard to decode is not seen.
constexpr int kAheadPlaying = 90, kAheadStill = 12;

// The first from here that is not there, as far as is wished for.
std::int64_t firstMissing(const PaneSet& panes, const Transport& transport)
{
    const std::int64_t now = transport.position();
    const auto& loop = transport.loop();
    const std::int64_t end = loop ? loop->second : panes.length() - 1;
    std::int64_t next = now;
    while (next < end && next - now < kAheadPlaying && panes.isReady(next))
        ++next;
    const bool isAround = next >= end && loop && next - now < kAheadPlaying;
    return isAround && panes.isReady(next) ? loop->first : next;
}

} // namespace

void wantAround(const PaneSet& panes, const Transport& transport, bool isGoingBack)
{
    if (transport.isPlaying())
        panes.want(firstMissing(panes, transport), kAheadPlaying);
    else
        panes.want(transport.position(), isGoingBack ? -kAheadStill : kAheadStill);
}

} // namespace vitrine::player
