#include "core/quant/vision/bit_sensitivity.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::quant
{

double weightDistance(std::span<const double> weights, std::span<const double> quantised)
{
    assert(weights.size() == quantised.size() && !weights.empty());
    double sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
        sum += (weights[i] - quantised[i]) * (weights[i] - quantised[i]);
    return sum / static_cast<double>(weights.size());
}

std::vector<double> scaledTraces(std::span<const std::vector<double>> traces)
{
    assert(!traces.empty());
    std::vector<double> means(traces[0].size());
    for (const auto& batch : traces) {
        assert(batch.size() == means.size());
        double low = INFINITY, high = 0;
        for (const double trace : batch) {
            low = std::min(low, std::abs(trace));
            high = std::max(high, std::abs(trace));
        }
        for (std::size_t i = 0; i < means.size(); ++i)
            means[i] += (high > low ? (std::abs(batch[i]) - low) / (high - low) : 1) /
                        static_cast<double>(traces.size());
    }
    return means;
}

double omega(const MixedNetwork& network, std::span<const LayerSensitivity> layers,
             const BitConfig& bits)
{
    assert(layers.size() == bits.size() && network.isValid(bits));
    double sum = 0;
    for (std::size_t i = 0; i < bits.size(); ++i) {
        const auto place = std::ranges::find(network.candidates, bits[i]);
        const auto candidate = static_cast<std::size_t>(place - network.candidates.begin());
        if (layers[i].trace != 0)
            sum += layers[i].trace * layers[i].distances[candidate];
    }
    return sum;
}

void sortByOmega(const MixedNetwork& network, std::span<const LayerSensitivity> layers,
                 std::vector<BitConfig>& configs)
{
    std::ranges::stable_sort(configs, {},
                             [&](const BitConfig& bits) { return omega(network, layers, bits); });
}

} // namespace vitrine::quant
