#pragma once

#include "core/base/random.h"
#include "core/base/result.h"
#include "core/quant/vision/mixed_layers.h"

#include <functional>
#include <span>
#include <vector>

namespace vitrine::quant
{

// The fine step: an evolutionary search [R].
struct BitSearchSettings {
    std::size_t population = 25, generations = 8;
    std::size_t mutants = 11, crossovers = 11; // children of a generation
    double keep = 0.5;  // of a mutant, the chance that a layer is not drawn again
    double first = 0.5; // of a crossover, the chance of the first parent's bits
};

struct BitIndividual {
    BitConfig bits;
    double fitness = 0;         // larger is better
    std::int64_t cost = 0;      // MACs times bits
    std::size_t generation = 0; // 0: it came from the draws
};

struct BitSearch {
    std::vector<BitIndividual> population; // best first
    std::vector<BitIndividual> seen;       // all that was measured, in order
    std::vector<double> best;              // fitness after generation 0, 1, ..
};

using BitFitness = std::function<Result<double>(const BitConfig&)>;
// Measured so far, and at most; false cancels.
using BitProgress = std::function<bool(std::size_t done, std::size_t total)>;

// `start`: configurations within the budget, best by omega first; the population begins with the
// first of them. Every child is measured itself, was not measured before, keeps within the budget
// and leaves the fixed layers alone; a child better than the worst of its parents' generation
// joins. Where a generation finds no further child (100 draws each), it has fewer.
Result<BitSearch> searchBits(const MixedNetwork& network, std::int64_t budget,
                             std::span<const BitConfig> start, const BitFitness& fitness,
                             Random& random, const BitSearchSettings& settings = {},
                             const BitProgress& progress = {});

} // namespace vitrine::quant
