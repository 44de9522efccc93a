#include "core/attention/head_tally.h"

#include <algorithm>

namespace vitrine::attention
{

double mostGain(const Tally& tally, KeepRule rule)
{
    double sum = 0, items = 0;
    if (rule == KeepRule::datasetMean) {
        for (const auto& part : tally.parts)
            if (part.items > 0)
                sum += static_cast<double>(part.most()) / static_cast<double>(part.items);
        const auto used =
            std::ranges::count_if(tally.parts, [](const auto& part) { return part.items > 0; });
        return used == 0 ? 0 : sum / static_cast<double>(used);
    }
    for (const auto& part : tally.parts) {
        sum += static_cast<double>(part.most());
        items += static_cast<double>(part.items);
    }
    return items == 0 ? 0 : sum / items;
}

bool canBeKept(const Tally& tally, const SearchOptions& options)
{
    const bool noneWorse =
        std::ranges::all_of(tally.parts, [](const auto& part) { return part.most() >= 0; });
    return mostGain(tally, options.rule) > options.margin &&
           (options.rule != KeepRule::everyDataset || noneWorse);
}

} // namespace vitrine::attention
