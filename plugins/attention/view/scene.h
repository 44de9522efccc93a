#pragma once

#include "plugins/attention/view/shown_run.h"
#include "plugins/common/view/words.h"

#include <memory>
#include <vector>

namespace vitrine::attention_plugin
{

// Everything the parts of the view draw from, made anew with each change; parts never change it,
// they say what was wished.
struct Scene {
    std::vector<ShownRun> runs; // at least one
    State state;
    LayerHead head;                         // selected, or the default
    std::vector<std::vector<HeadRow>> rows; // per run
    std::vector<std::vector<attention::Sink>>
        sinks;               // of the head, per run; empty where a run lacks it
    std::vector<int> places; // per run, among the colours
    std::uint64_t runsVersion = 0, rowsVersion = 0; // raised when runs, rows are others

    const ShownRun& first() const { return runs.front(); }
    // Column score of the selected head in the first run; empty where it lacks the head.
    std::span<const float> columnScore() const;
    const attention::Sink* sinkAt(std::int64_t token) const; // of the first run
    bool isPinned(std::int64_t token) const;
    bool isPinned(LayerHead head) const;
    // The score that is shown: the chosen one, but for differences where there is no second run
    // that may be compared with the first; then first-token mass, as in figures (figures/state.h).
    Score score() const;
    // Of the run whose heads are scored: for differences the second.
    const std::vector<HeadRow>& scoredRows() const;
    QString tokenName(std::int64_t token) const
    {
        return vitrine::tokenName(*first().tokens, token);
    }
};

QString measureText(double value); // as numberText; "not finite" for NaN

} // namespace vitrine::attention_plugin
