#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::quant
{

// A layer whose bits are to be chosen: how many weights it has and what each of the candidates
// costs (importance times the mean error of that many bits, or a measured loss).
struct LayerChoice {
    std::int64_t weights = 0;
    std::vector<double> costs; // by candidate
};

struct Allocation {
    std::vector<int> bits; // by layer
    double cost = 0;       // sum of the layers' costs
    double meanBits = 0;   // by weights
    std::int64_t usedBits = 0;
    double slackBits = 0; // of the budget, not used: 0 where it can be met exactly and pays
};

// min sum_l cost(l, bits_l) with sum_l weights_l bits_l <= meanBits sum_l weights_l (ShiftAddLLM,
// section 6: one choice for each layer), exactly, by dynamic programming over the bits that are
// used. Of equal costs the fewer bits. Candidates ascending, 1 .. 16 each. Argument error where the
// budget is below the fewest bits, or sizes or costs are no such numbers; failed where layers have
// so many different sizes that there are too many sums.
Result<Allocation> allocateBits(std::span<const LayerChoice> layers,
                                std::span<const int> candidates, double meanBits);

} // namespace vitrine::quant
