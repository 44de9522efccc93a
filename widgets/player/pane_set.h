#pragma once

#include "widgets/player/pane.h"
#include "widgets/player/scene.h"

#include <optional>
#include <utility>
#include <vector>

namespace vitrine::player
{

// The panes as a state sets them in time: which frame each of them has at a moment. Panes are given
// by their place.
class PaneSet
{
public:
    using Ranges = std::vector<std::pair<std::int64_t, std::int64_t>>; // ends included

    void setPanes(std::vector<Pane> panes) { panes_ = std::move(panes); }
    void setState(const PlayerState& state) { state_ = state; }

    const PlayerState& state() const { return state_; }
    const std::vector<Pane>& panes() const { return panes_; }
    const Pane& at(int pane) const { return panes_[static_cast<std::size_t>(pane)]; }
    int count() const { return static_cast<int>(panes_.size()); }
    int first() const;
    int second() const;                                              // -1: there is one pane only
    int chosen() const { return second() < 0 ? first() : second(); } // of what is about one pane

    std::int64_t length() const;           // moments until all panes are at their end
    std::int64_t shiftOf(int pane) const;  // by the state
    std::int64_t offsetOf(int pane) const; // with the pane's own
    PaneMoment momentOf(int pane, std::int64_t moment) const;
    // None in a hole of its times and where the stream has no more.
    std::optional<std::int64_t> frameAt(int pane, std::int64_t moment) const;
    std::int64_t momentAt(int pane, std::int64_t frame) const; // of a frame that there is
    // The next moment before or after where decoding of the chosen pane may begin, or its end.
    std::optional<std::int64_t> keyMoment(std::int64_t moment, int step) const;

    bool isReady(std::int64_t moment) const; // all frames of it are decoded
    Ranges cached() const;                   // moments that are ready
    // Asks the streams for a moment and `ahead` frames after it (negative: before).
    void want(std::int64_t moment, int ahead) const;

private:
    std::vector<Pane> panes_;
    PlayerState state_;
};

} // namespace vitrine::player
