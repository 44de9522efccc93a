#pragma once

#include "plugins/calibration/view/tuned_run.h"
#include "plugins/calibration/view/words.h"

#include <set>
#include <vector>

namespace vitrine::calibration_plugin
{

// Everything the parts of the tuning view draw from, made anew with each change; parts never change
// it, they say what was wished.
struct Scene {
    std::vector<TunedRun>
        runs;                // at least one; the first is the live result while something is tuned
    std::vector<int> places; // per run, among the colours; a live result has that of its run
    State state;
    Params wished;              // of the first run, with what is tuned
    LayerHead head;             // selected, or the default
    std::set<LayerHead> chosen; // heads to be calibrated, as far as it is known by name
    bool live = false;          // the first run is a live result
    std::uint64_t version = 0;  // raised when runs are others

    // What the state says of it; `stored`: the first run as it is stored.
    void read(State newState, const TunedRun& stored);

    const TunedRun& first() const { return runs.front(); }
    // The head's sink at this token in the first run, applied or switched off; nullptr: none.
    const TunedSink* sinkAt(std::int64_t token) const;
    QString tokenName(std::int64_t token) const
    {
        return vitrine::tokenName(*first().tokens, token);
    }
};

} // namespace vitrine::calibration_plugin
