#include "core/quant/vision/bit_draws.h"

#include "core/quant/vision/budget_sampler.h"

#include <algorithm>
#include <map>
#include <set>

namespace vitrine::quant
{
namespace
{

// Candidates of a layer: a fixed one has the most bits.
std::vector<int> candidatesOf(const MixedNetwork& network, const MixedLayer& layer)
{
    return layer.isFixed ? std::vector{network.candidates.back()} : network.candidates;
}

// MACs and candidates of each tie; a fixed layer must be tied to fixed ones alone.
struct Tie {
    std::int64_t macs = 0;
    std::vector<int> candidates;
};
std::map<std::size_t, Tie> tiesOf(const MixedNetwork& network)
{
    std::map<std::size_t, Tie> ties;
    for (const MixedLayer& layer : network.layers) {
        Tie& tie = ties[layer.tie];
        tie.macs += layer.macs;
        if (tie.candidates.empty() || layer.isFixed)
            tie.candidates = candidatesOf(network, layer);
    }
    return ties;
}

} // namespace

Result<BitDraws> drawConfigs(const MixedNetwork& network, std::int64_t budget, Random& random,
                             std::size_t count)
{
    const auto ties = tiesOf(network);
    std::vector<std::vector<BudgetSampler::Option>> items;
    for (const auto& [name, tie] : ties) {
        auto& options = items.emplace_back();
        for (const int bits : tie.candidates)
            options.push_back({tie.macs * bits, 1});
    }
    VITRINE_TRY(const BudgetSampler sampler, BudgetSampler::prepare(items, budget));

    BitDraws draws{{}, sampler.total()};
    const auto wanted = static_cast<double>(count);
    std::set<BitConfig> seen;
    while (static_cast<double>(seen.size()) < std::min(wanted, draws.possible)) {
        std::map<std::size_t, int> bitsOf;
        const std::vector<std::size_t> chosen = sampler.draw(random);
        auto option = chosen.begin();
        for (const auto& [name, tie] : ties)
            bitsOf[name] = tie.candidates[*option++];
        BitConfig bits;
        for (const MixedLayer& layer : network.layers)
            bits.push_back(bitsOf[layer.tie]);
        if (seen.insert(bits).second)
            draws.configs.push_back(std::move(bits));
    }
    return draws;
}

} // namespace vitrine::quant
