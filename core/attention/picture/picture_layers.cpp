#include "core/attention/picture/picture_layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::attention
{
namespace
{

using model::LayerKind;
using model::Network;
using model::NetworkLayer;

std::int64_t prefixOf(const Network& network)
{
    return static_cast<std::int64_t>(prefixNames(network).size());
}

TokenGrid squareGrid(std::int64_t tokens, std::int64_t prefix)
{
    const auto side =
        static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(tokens - prefix))));
    assert(side * side == tokens - prefix);
    return {prefix, side, side};
}

std::string withoutEnd(const std::string& name)
{
    return name.substr(0, name.rfind('.'));
}

std::size_t lastOfModule(const Network& network, std::size_t layer)
{
    std::size_t last = layer;
    for (std::size_t i = layer; i < network.layers.size(); ++i)
        if (network.layers[i].shape.module == network.layers[layer].shape.module)
            last = i;
    return last;
}

AttentionPlace softmaxPlace(const Network& network, std::size_t at)
{
    const NetworkLayer& scores = network.layers[at];
    const model::LayerShape& shape = scores.shape;
    // Columns of queries are all heads side by side; the other operand ends with keys and values.
    const std::int64_t before = network.layers[scores.inputs[0]].shape.n;
    const bool isOne = scores.inputs[0] == scores.inputs[1];
    const std::int64_t width = isOne ? before / 3 : before;
    AttentionPlace place;
    place.layer.name = withoutEnd(shape.name);
    place.layer.heads = width / shape.k;
    place.layer.dim = shape.k;
    place.queriesAt = scores.inputs[0];
    place.keysAt = place.valuesAt = scores.inputs[1];
    place.keyColumn = isOne ? width : 0;
    place.valueColumn = place.keyColumn + width;
    place.headStep = shape.k;
    if (scores.side > 0) {
        place.layer.kind = AttentionKind::windows;
        place.layer.window = scores.side;
        place.layer.offset = scores.offset;
        place.layer.queries = place.layer.keys =
            squareGrid(shape.batch / place.layer.heads * shape.m, 0);
        place.biasTable = scores.tensors.front().name;
    } else {
        const std::int64_t prefix = prefixOf(network);
        place.layer.queries = squareGrid(shape.m, prefix);
        place.layer.keys = squareGrid(shape.n, prefix);
    }
    return place;
}

// EfficientViT: queries, keys and values of a head lie side by side in one matrix.
AttentionPlace linearPlace(const Network& network, std::size_t at)
{
    const NetworkLayer& context = network.layers[at];
    AttentionPlace place;
    place.layer.name = withoutEnd(context.shape.name);
    place.layer.kind = AttentionKind::linear;
    place.layer.heads = context.shape.batch;
    place.layer.dim = context.shape.m;
    place.layer.queries = place.layer.keys = squareGrid(context.shape.k, 0);
    place.queriesAt = place.keysAt = place.valuesAt = context.inputs[0];
    place.keyColumn = context.shape.m;
    place.valueColumn = 2 * context.shape.m;
    place.headStep = 3 * context.shape.m;
    for (std::size_t i = at; i < network.layers.size(); ++i)
        if (network.layers[i].shape.kind == LayerKind::divide) {
            place.layer.epsilon = network.layers[i].epsilon;
            break;
        }
    return place;
}

// ViTALiTy: operands as those of softmax attention, in one matrix.
AttentionPlace taylorPlace(const Network& network, std::size_t at)
{
    const NetworkLayer& context = network.layers[at];
    const std::int64_t width = context.shape.batch * context.shape.m;
    AttentionPlace place;
    place.layer.name = withoutEnd(context.shape.name);
    place.layer.kind = AttentionKind::taylor;
    place.layer.heads = context.shape.batch;
    place.layer.dim = context.shape.m;
    place.layer.queries = place.layer.keys = squareGrid(context.shape.k, prefixOf(network));
    place.queriesAt = place.keysAt = place.valuesAt = context.inputs[1];
    place.keyColumn = width;
    place.valueColumn = 2 * width;
    place.headStep = context.shape.m;
    return place;
}

AttentionPlace placeOf(const Network& network, std::size_t at)
{
    const NetworkLayer& layer = network.layers[at];
    return layer.shape.kind == LayerKind::scores ? softmaxPlace(network, at)
           : layer.isTaylor                      ? taylorPlace(network, at)
                                                 : linearPlace(network, at);
}

bool isSparsePart(const NetworkLayer& layer)
{
    return layer.isTaylor && layer.shape.kind == LayerKind::scores;
}

} // namespace

bool hasSparsePart(const Network& network)
{
    return std::ranges::any_of(network.layers, isSparsePart);
}

std::vector<AttentionPlace> attentionPlaces(const Network& network)
{
    std::vector<AttentionPlace> places;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const LayerKind kind = network.layers[i].shape.kind;
        if ((kind != LayerKind::scores && kind != LayerKind::context) ||
            isSparsePart(network.layers[i]))
            continue;
        if (!network.layers[i].method.empty()) // ShiftAddViT's binary attention: no such map
            continue;
        places.push_back(placeOf(network, i));
        places.back().blockEnd = lastOfModule(network, i);
    }
    return places;
}

std::vector<std::string> prefixNames(const Network& network)
{
    std::vector<std::string> names;
    for (const NetworkLayer& layer : network.layers) {
        if (layer.shape.kind != LayerKind::tokens)
            continue;
        for (const model::NetworkTensor& tensor : layer.tensors) {
            if (tensor.name == "cls_token")
                names.push_back("class");
            else if (tensor.name == "dist_token")
                names.push_back("distillation");
            else if (tensor.name == "reg_token")
                for (std::int64_t i = 0; i < tensor.shape[1]; ++i)
                    names.push_back(fmt::format("register {}", i + 1));
        }
    }
    return names;
}

} // namespace vitrine::attention
