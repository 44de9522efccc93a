#pragma once

#include "widgets/player/compute.h"
#include "widgets/player/pane_set.h"
#include "widgets/player/scopes.h"

#include <functional>

namespace vitrine::player
{

// Histograms and waveform of what a scene shows, made on another thread, one scene at a time.
// Window's thread.
class ScopeMaker
{
public:
    // Outlived by owner and panes. `made`: those of the last scene that was taken.
    ScopeMaker(Compute compute, QObject* owner, const PaneSet& panes,
               std::function<void(ScopeData data)> made);

    // Of the first pane and the chosen one, where the state shows scopes. Passed over while others
    // are made, and where these were.
    void make(const Scene& scene);
    bool isMaking() const { return isMaking_; }

private:
    // What scopes are of. The frames of one moment change: on the way there is its key frame.
    struct Source {
        FramePtr first, second;
        std::uint64_t version = 0;
        bool operator==(const Source&) const = default;
    };

    Compute compute_;
    QObject* owner_;
    const PaneSet& panes_;
    std::function<void(ScopeData data)> made_;
    bool isMaking_ = false;
    Source source_;
};

} // namespace vitrine::player
