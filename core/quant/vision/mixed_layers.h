#pragma once

#include "core/model/network/layer_shape.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

// Mixed precision, coarse to fine (P²-ViT, section III-D) [R]: each layer's weights have 4 or 8
// bits, within a budget.
namespace vitrine::quant
{

// In order of layers.
using BitConfig = std::vector<int>;

struct MixedLayer {
    std::string name;
    std::int64_t macs = 0;
    std::size_t tie = 0;  // random draws give the same bits to all layers of a tie
    bool isFixed = false; // has the most bits in every configuration
};

// What a choice of bits is made for.
struct MixedNetwork {
    std::vector<MixedLayer> layers;
    std::vector<int> candidates = {4, 8}; // rising

    std::int64_t macs() const;
    // Sum of MACs times bits.
    std::int64_t cost(const BitConfig& bits) const;
    // factor * least bits * MACs: 1.1 is the paper's.
    std::int64_t budget(double factor = 1.1) const;
    // Of the right length, of candidates alone, the fixed layers at the most.
    bool isValid(const BitConfig& bits) const;
};

// The layers of a table whose weights are quantised. Tied: those of one part of one module, that is
// qkv with proj and fc1 with fc2. The stem is fixed.
MixedNetwork mixedNetwork(std::span<const model::LayerShape> table);

} // namespace vitrine::quant
