#pragma once

#include "core/model/network/layer_shape.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace vitrine::sim
{

// Attention within square windows of an image of features, as in the transformer blocks of neural
// codecs: `rows` pixels of `channels`, `windowPixels` of them a window, then an MLP of twice the
// width. In order, with the names of the parts (".qkv" ... ".fc2").
std::vector<std::pair<std::string, model::LayerShape>> windowAttention(std::int64_t rows,
                                                                       std::int64_t channels,
                                                                       std::int64_t heads,
                                                                       std::int64_t windowPixels);

} // namespace vitrine::sim
