#include "widgets/player/pane_set.h"

#include "widgets/theme/text.h"

#include <QObject>

#include <algorithm>

namespace vitrine::player
{

int PaneSet::first() const
{
    const auto found = std::ranges::find(panes_, state_.first, &Pane::id);
    return found == panes_.end() ? 0 : static_cast<int>(found - panes_.begin());
}

int PaneSet::second() const
{
    const int one = first();
    for (int pane = 0; pane < count(); ++pane)
        if (at(pane).id == state_.second && pane != one)
            return pane;
    return count() < 2 ? -1 : one == 0 ? 1 : 0;
}

std::int64_t PaneSet::length() const
{
    std::int64_t moments = 0;
    for (int pane = 0; pane < count(); ++pane)
        if (at(pane).stream && at(pane).frames > 0)
            moments = std::max(moments, momentAt(pane, at(pane).frames - 1) + 1);
    return moments;
}

std::int64_t PaneSet::shiftOf(int pane) const
{
    const auto found = state_.offsets.find(at(pane).id);
    return found == state_.offsets.end() ? 0 : found->second;
}

std::int64_t PaneSet::offsetOf(int pane) const
{
    return at(pane).offset + shiftOf(pane);
}

std::optional<std::int64_t> PaneSet::frameAt(int pane, std::int64_t moment) const
{
    return video::frameAtPlace(at(pane).places, at(pane).frames, moment + offsetOf(pane));
}

std::int64_t PaneSet::momentAt(int pane, std::int64_t frame) const
{
    const auto& places = at(pane).places;
    return (places.empty() ? frame : places[static_cast<std::size_t>(frame)]) - offsetOf(pane);
}

PaneMoment PaneSet::momentOf(int pane, std::int64_t moment) const
{
    const Pane& one = at(pane);
    PaneMoment found;
    const std::int64_t place = moment + offsetOf(pane);
    found.wanted = place;
    if (!one.stream) {
        found.absent = one.trouble.isEmpty() ? QObject::tr("no picture") : one.trouble;
        return found;
    }
    const auto frame = frameAt(pane, moment);
    if (!frame) {
        const bool isHole = one.frames > 0 && place > 0 && moment < momentAt(pane, one.frames - 1);
        found.absent = isHole ? QObject::tr("no frame at this moment: a hole in its times")
                              : QObject::tr("no frame %1: there are %2")
                                    .arg(countWords(place), countWords(one.frames));
        found.wanted = -1;
        return found;
    }
    found.wanted = *frame;
    found.readsSideData = one.stream->readsSideData();
    found.frame = one.stream->cached(found.wanted);
    if (!found.frame) { // on the way: its key frame, which decoding begins with
        const std::int64_t key = one.stream->keyFrameBefore(found.wanted);
        found.frame = key != found.wanted ? one.stream->cached(key) : nullptr;
        found.isKey = found.frame != nullptr;
    }
    return found;
}

std::optional<std::int64_t> PaneSet::keyMoment(std::int64_t moment, int step) const
{
    const int pane = std::max(0, second());
    if (pane >= count() || !at(pane).stream || at(pane).frames < 1)
        return {};
    const std::int64_t begin = momentAt(pane, 0), end = momentAt(pane, at(pane).frames - 1);
    moment += step;
    while (moment > begin && moment <= end &&
           !at(pane).stream->isIntra(frameAt(pane, moment).value_or(-1)))
        moment += step;
    return moment <= end ? std::optional(moment) : std::nullopt;
}

bool PaneSet::isReady(std::int64_t moment) const
{
    for (int pane = 0; pane < count(); ++pane) {
        const auto frame = frameAt(pane, moment);
        if (at(pane).stream && frame && !at(pane).stream->cached(*frame))
            return false;
    }
    return true;
}

PaneSet::Ranges PaneSet::cached() const
{
    constexpr std::int64_t kFar = std::int64_t{1} << 40;
    // Moments that all panes have: each range cut by each pane's.
    Ranges all{{0, std::max<std::int64_t>(0, length() - 1)}};
    for (int pane = 0; pane < count(); ++pane) {
        const std::int64_t last = at(pane).frames - 1;
        if (!at(pane).stream || last < 0)
            continue;
        Ranges own{{-kFar, momentAt(pane, 0) - 1}}; // where it has none
        for (const auto& [from, to] : at(pane).stream->cachedRanges())
            if (from <= last)
                own.push_back({momentAt(pane, from), momentAt(pane, std::min(to, last))});
        own.push_back({momentAt(pane, last) + 1, kFar});
        Ranges both;
        for (const auto& [from, to] : all)
            for (const auto& [low, high] : own)
                if (std::max(from, low) <= std::min(to, high))
                    both.push_back({std::max(from, low), std::min(to, high)});
        all = std::move(both);
    }
    return all;
}

void PaneSet::want(std::int64_t moment, int ahead) const
{
    for (int pane = 0; pane < count(); ++pane) {
        const Pane& one = at(pane);
        if (!one.stream || one.frames < 1)
            continue;
        std::int64_t frame = moment + offsetOf(pane);
        if (!one.places.empty()) // in a hole: what comes behind it
            frame = std::ranges::lower_bound(one.places, frame) - one.places.begin();
        one.stream->want(std::clamp<std::int64_t>(frame, 0, one.frames - 1), ahead);
    }
}

} // namespace vitrine::player
