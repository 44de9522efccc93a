#pragma once

#include "core/model/network/network.h"
#include "core/quant/vision/coded_numbers.h"
#include "core/quant/vision/vision_codes.h"

namespace vitrine::quant
{

// Those of a network's picture and layers: methods for EfficientViT alone have zeros.
GridLimits gridLimits(const model::Network& network);

// The grids of what a layer gives: all are read before the first layer's work.
void describeGrids(CodedRecord& record, const model::Network& network, std::size_t layer,
                   CodedVision& coded);

// What is said of a layer in a file of codes, written or read: `network`, `coded.input`, the grids
// of all layers and `coded.layers` up to this one are known. Whatever a file holds, what was read
// without a problem is safe to run: counts fit the layer, codes their bits.
void describeLayer(CodedRecord& record, const model::Network& network, std::size_t layer,
                   CodedVision& coded);

} // namespace vitrine::quant
