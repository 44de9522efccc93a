#include "core/sim/cost/left_out.h"

#include <fmt/ranges.h>
#include <map>

namespace vitrine::sim
{
namespace
{

bool isLeftOut(const LayerResult& layer)
{
    return layer.macs == 0 && layer.computeCycles == 0 && layer.dram.total() == 0 &&
           std::ranges::all_of(layer.energy, [](double part) { return part == 0; });
}

} // namespace

std::string leftOutNote(const Workload& workload, const SimResult& result)
{
    std::map<LayerKind, int> counts;
    for (std::size_t i = 0; i < workload.layers.size(); ++i)
        if (isLeftOut(result.layers[i]))
            ++counts[workload.layers[i].shape.kind];
    if (counts.empty())
        return {};
    std::vector<std::string> kinds;
    for (const auto& [kind, count] : counts)
        kinds.push_back(fmt::format("{} ({})", model::kindName(kind), count));
    return fmt::format("Layers that are not modelled, and add no cycles, traffic or energy here: "
                       "{}.",
                       fmt::join(kinds, ", "));
}

} // namespace vitrine::sim
