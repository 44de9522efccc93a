#pragma once

#include "core/model/network/network.h"

#include <algorithm>
#include <optional>

// What a layer is for in a ViT, as P²-ViT places its quantizers (specification, section 2).
namespace vitrine::quant
{

inline bool isReadBy(const model::Network& network, std::size_t layer, model::LayerKind kind)
{
    return std::ranges::any_of(network.layers, [&](const model::NetworkLayer& other) {
        return other.shape.kind == kind &&
               std::ranges::find(other.inputs, layer) != other.inputs.end();
    });
}

// Part of the stream that LayerNorms read: the tokens with their positions, sums, and what a branch
// adds to it.
inline bool isResidual(const model::Network& network, std::size_t layer)
{
    using model::LayerKind;
    const LayerKind kind = network.layers[layer].shape.kind;
    return kind == LayerKind::tokens || kind == LayerKind::add ||
           (kind == LayerKind::linear && isReadBy(network, layer, LayerKind::add));
}

// The linear layer (qkv, fc1) that alone reads a LayerNorm, so that factors of its inputs can move
// into the norm.
inline std::optional<std::size_t> smoothedReader(const model::Network& network, std::size_t norm)
{
    if (network.layers[norm].shape.kind != model::LayerKind::norm)
        return {};
    std::optional<std::size_t> reader;
    for (std::size_t i = 0; i < network.layers.size(); ++i)
        if (std::ranges::find(network.layers[i].inputs, norm) != network.layers[i].inputs.end()) {
            if (reader || network.layers[i].shape.kind != model::LayerKind::linear)
                return {};
            reader = i;
        }
    return reader;
}

// The released code's exponents for what a layer reads: 0.35 in attention, 0.5 in the MLP [R].
inline double smoothingAlpha(const model::Network& network, std::size_t reader)
{
    return network.layers[reader].shape.part == model::Part::attention ? 0.35 : 0.5;
}

} // namespace vitrine::quant
