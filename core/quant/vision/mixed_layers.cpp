#include "core/quant/vision/mixed_layers.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <utility>

namespace vitrine::quant
{

std::int64_t MixedNetwork::macs() const
{
    std::int64_t sum = 0;
    for (const MixedLayer& layer : layers)
        sum += layer.macs;
    return sum;
}

std::int64_t MixedNetwork::cost(const BitConfig& bits) const
{
    assert(bits.size() == layers.size());
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < bits.size(); ++i)
        sum += layers[i].macs * bits[i];
    return sum;
}

std::int64_t MixedNetwork::budget(double factor) const
{
    return static_cast<std::int64_t>(
        std::floor(factor * static_cast<double>(candidates.front() * macs())));
}

bool MixedNetwork::isValid(const BitConfig& bits) const
{
    if (bits.size() != layers.size())
        return false;
    for (std::size_t i = 0; i < bits.size(); ++i)
        if (std::ranges::find(candidates, bits[i]) == candidates.end() ||
            (layers[i].isFixed && bits[i] != candidates.back()))
            return false;
    return true;
}

MixedNetwork mixedNetwork(std::span<const model::LayerShape> table)
{
    MixedNetwork network;
    std::map<std::pair<std::string, model::Part>, std::size_t> ties;
    for (const model::LayerShape& layer : table)
        if (layer.weights && layer.macs() > 0) {
            const auto tie = ties.try_emplace({layer.module, layer.part}, ties.size()).first;
            network.layers.push_back(
                {layer.name, layer.macs(), tie->second, layer.part == model::Part::stem});
        }
    return network;
}

} // namespace vitrine::quant
