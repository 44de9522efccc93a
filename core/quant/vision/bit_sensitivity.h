#pragma once

#include "core/quant/vision/mixed_layers.h"

#include <span>
#include <vector>

namespace vitrine::quant
{

// Mean of (W - Wq)^2.
double weightDistance(std::span<const double> weights, std::span<const double> quantised);

// |trace| of each layer, scaled to 0 .. 1 within each batch, averaged over the batches: traces
// [batch][layer] of one length. Layers of a batch that are all alike count 1.
std::vector<double> scaledTraces(std::span<const std::vector<double>> traces);

// What the bits of a layer cost: omega = sum_i h_i distance_i(bits_i). Fixed layers have a trace of
// 0. Each candidate's distance has its own place, in the order of the network's candidates. (The
// release's list begins with those of other formats, so it adds the wrong ones.)
struct LayerSensitivity {
    double trace = 0;              // h, 0 .. 1
    std::vector<double> distances; // by candidate
};
double omega(const MixedNetwork& network, std::span<const LayerSensitivity> layers,
             const BitConfig& bits);

// Smallest omega first; equals stay in order.
void sortByOmega(const MixedNetwork& network, std::span<const LayerSensitivity> layers,
                 std::vector<BitConfig>& configs);

} // namespace vitrine::quant
