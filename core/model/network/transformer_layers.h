#pragma once

#include "core/model/network/network_builder.h"

#include <functional>
#include <string>

// What descriptions of vision transformers share.
namespace vitrine::model
{

LayerShape biased(LayerShape layer);

// Multi-head softmax attention: `heads` products of `tokens` rows against `keys`.
struct Attention {
    std::int64_t heads, tokens, keys, dim;
};
std::size_t addScores(NetworkBuilder& net, const std::string& name, const Attention& attention,
                      std::size_t queries, std::size_t keys);
// Of the scores added last.
void addValues(NetworkBuilder& net, const std::string& name, const Attention& attention,
               std::size_t values);
// The layer added last and x.
void addResidual(NetworkBuilder& net, const std::string& name, std::int64_t rows,
                 std::int64_t width, std::size_t x);
// What an MLP may have beside its two linear layers and GELU.
struct MlpParts {
    std::function<void()> dwconv = [] {}; // PVTv2's depthwise convolution: adds it before GELU
    std::string factor = {};              // of the second layer; ".ls2.gamma"
};
// Of a pre-norm block, behind its attention.
void addMlp(NetworkBuilder& net, const std::string& module, std::int64_t rows, std::int64_t width,
            std::int64_t hidden, const MlpParts& parts = {});

} // namespace vitrine::model
