#pragma once

#include "core/attention/head_search.h"

#include <cstdint>
#include <vector>

namespace vitrine::attention
{

// What one head did to the items so far, per dataset, and what it can still gain.
struct Tally {
    struct Part {
        std::int64_t items = 0, gained = 0, lost = 0;
        std::int64_t canGain = 0; // items not seen that the model as it is gets wrong

        std::int64_t most() const { return gained - lost + canGain; }
    };
    std::vector<Part> parts;
    PairedCounts counts; // of the items seen
};

// The gain by the rule if all that can still be gained is, and nothing more lost: the gain itself
// once every item is seen, and never below it before. (Sums and quotients of doubles grow with
// their terms, rounding included.)
double mostGain(const Tally& tally, KeepRule rule);

// Whether that would get the head kept, a cap aside.
bool canBeKept(const Tally& tally, const SearchOptions& options);

} // namespace vitrine::attention
