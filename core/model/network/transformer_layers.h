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
// Of a pre-norm block, behind its attention. PVTv2 has a depthwise convolution within: `dwconv`
// adds it.
void addMlp(
    NetworkBuilder& net, const std::string& module, std::int64_t rows, std::int64_t width,
    std::int64_t hidden, const std::function<void()>& dwconv = [] {});

} // namespace vitrine::model
