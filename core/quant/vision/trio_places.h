#pragma once

#include "core/model/network/network.h"
#include "core/quant/vision/vision_codes.h"

#include <algorithm>
#include <optional>

// What a layer is for in an EfficientViT, as Trio-ViT places its tricks (specification, sections 3
// and 4).
namespace vitrine::quant
{

// The layer that alone reads another; nothing: none, or several.
inline std::optional<std::size_t> soleReader(const model::Network& network, std::size_t layer)
{
    std::optional<std::size_t> reader;
    for (std::size_t i = layer + 1; i < network.layers.size(); ++i)
        for (const std::size_t input : network.layers[i].inputs)
            if (input == layer) {
                if (reader)
                    return {};
                reader = i;
            }
    return reader;
}

// The depthwise convolution whose inputs are migrated: what activation `layer` is for. Where others
// read it, too (the first block's residual), it stays.
inline std::optional<std::size_t> migratedReader(const model::Network& network, std::size_t layer)
{
    if (network.layers[layer].shape.kind != model::LayerKind::activation)
        return {};
    const auto reader = soleReader(network, layer);
    return reader && network.layers[*reader].shape.kind == model::LayerKind::depthwise
               ? reader
               : std::nullopt;
}

// The pointwise convolution behind a depthwise one and its activation `layer`: the channels that it
// reads are centred.
inline std::optional<std::size_t> shiftedReader(const model::Network& network, std::size_t layer)
{
    using model::LayerKind;
    if (network.layers[layer].shape.kind != LayerKind::activation ||
        network.layers[network.layers[layer].inputs[0]].shape.kind != LayerKind::depthwise)
        return {};
    const auto reader = soleReader(network, layer);
    if (!reader || network.layers[*reader].shape.kind != LayerKind::conv)
        return {};
    const model::ConvShape& conv = network.layers[*reader].shape.conv;
    return conv.kernelHeight * conv.kernelWidth == 1 ? reader : std::nullopt;
}

// What linear attention computes on its way.
inline std::optional<HeadPart> headPartOf(const model::NetworkLayer& layer)
{
    using model::LayerKind;
    switch (layer.shape.kind) {
    case LayerKind::context:
        return HeadPart::context;
    case LayerKind::lookup:
        return HeadPart::dividends;
    case LayerKind::divisor:
        return layer.inputs.size() == 1 ? HeadPart::keySums : HeadPart::divisors;
    case LayerKind::divide:
        return HeadPart::outputs;
    default:
        return {};
    }
}

// Part of the stream that blocks add to, which keeps 8 bits.
inline bool isSummed(const model::Network& network, std::size_t layer)
{
    using model::LayerKind;
    const LayerKind kind = network.layers[layer].shape.kind;
    if (kind == LayerKind::add)
        return true;
    return std::ranges::any_of(network.layers, [&](const model::NetworkLayer& other) {
        return other.shape.kind == LayerKind::add &&
               std::ranges::find(other.inputs, layer) != other.inputs.end();
    });
}

} // namespace vitrine::quant
