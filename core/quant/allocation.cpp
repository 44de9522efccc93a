#include "core/quant/allocation.h"

#include <algorithm>
#include <cmath>

namespace vitrine::quant
{
namespace
{

constexpr std::size_t kMostStates = 16'000'000;              // of all layers: half a gigabyte
constexpr std::int64_t kMostWeights = std::int64_t{1} << 50; // all together

// Some bits for the layers so far and the least cost they can have; how they are made.
struct AllocationState {
    std::int64_t bits = 0;
    double cost = 0;
    std::size_t before = 0, choice = 0; // state of the layers before, candidate of the last
};

Result<void> checkChoices(std::span<const LayerChoice> layers, std::span<const int> candidates,
                          double meanBits)
{
    if (layers.empty() || candidates.empty())
        return argumentError("no layers or no candidate bits to choose among");
    for (std::size_t i = 0; i < candidates.size(); ++i)
        if (candidates[i] < 1 || candidates[i] > 16 ||
            (i > 0 && candidates[i] <= candidates[i - 1]))
            return argumentError("{} bits as a candidate; 1 to 16 in ascending order expected",
                                 candidates[i]);
    std::int64_t all = 0;
    for (std::size_t l = 0; l < layers.size(); ++l) {
        if (layers[l].weights < 1 || layers[l].weights > kMostWeights - all)
            return argumentError("layer {} has {} weights", l, layers[l].weights);
        all += layers[l].weights;
        if (layers[l].costs.size() != candidates.size())
            return argumentError("layer {} has {} costs for {} candidates", l,
                                 layers[l].costs.size(), candidates.size());
        for (const double cost : layers[l].costs)
            if (!std::isfinite(cost))
                return argumentError("a cost of layer {} is {}", l, cost);
    }
    if (!(meanBits >= candidates.front()))
        return argumentError("a budget of {} bits is below the fewest that a weight can have, {}",
                             meanBits, candidates.front());
    return {};
}

// Ascending bits, each better than all with fewer.
void keepBest(std::vector<AllocationState>& states)
{
    std::ranges::stable_sort(states, [](const AllocationState& a, const AllocationState& b) {
        return a.bits != b.bits ? a.bits < b.bits : a.cost < b.cost;
    });
    std::vector<AllocationState> best;
    for (const AllocationState& each : states)
        if (best.empty() || each.cost < best.back().cost)
            best.push_back(each);
    states = std::move(best);
}

} // namespace

Result<Allocation> allocateBits(std::span<const LayerChoice> layers,
                                std::span<const int> candidates, double meanBits)
{
    VITRINE_CHECK(checkChoices(layers, candidates, meanBits));
    std::int64_t weights = 0;
    for (const LayerChoice& layer : layers)
        weights += layer.weights;
    // A mean that is a decimal fraction may be met exactly.
    const double budget =
        std::min(meanBits, 1.0 * candidates.back()) * static_cast<double>(weights) * (1 + 1e-12);

    // What the layers that are still to come need at least.
    std::int64_t needed = weights * candidates.front();
    std::vector<std::vector<AllocationState>> steps = {{AllocationState{}}};
    std::size_t kept = 0;
    for (const LayerChoice& layer : layers) {
        needed -= layer.weights * candidates.front();
        std::vector<AllocationState> next;
        const std::vector<AllocationState>& last = steps.back();
        kept += last.size();
        if (kept + last.size() * candidates.size() > kMostStates)
            return failure("the bits of {} layers of so many different sizes cannot be allocated "
                           "exactly; fewer candidates would help",
                           layers.size());
        for (std::size_t s = 0; s < last.size(); ++s)
            for (std::size_t c = 0; c < candidates.size(); ++c) {
                const std::int64_t bits = last[s].bits + layer.weights * candidates[c];
                if (static_cast<double>(bits + needed) <= budget)
                    next.push_back({bits, last[s].cost + layer.costs[c], s, c});
            }
        keepBest(next);
        steps.push_back(std::move(next));
    }

    Allocation allocation;
    std::size_t state = steps.back().size() - 1; // the best is the last
    allocation.cost = steps.back()[state].cost;
    allocation.usedBits = steps.back()[state].bits;
    allocation.meanBits = static_cast<double>(allocation.usedBits) / static_cast<double>(weights);
    allocation.slackBits = std::max(
        meanBits * static_cast<double>(weights) - static_cast<double>(allocation.usedBits), 0.0);
    allocation.bits.resize(layers.size());
    for (std::size_t l = layers.size(); l-- > 0;) {
        const AllocationState& chosen = steps[l + 1][state];
        allocation.bits[l] = candidates[chosen.choice];
        state = chosen.before;
    }
    return allocation;
}

} // namespace vitrine::quant
