#pragma once

#include "core/model/network/network.h"
#include "core/quant/vision/coded_record.h"
#include "core/quant/vision/vision_codes.h"

namespace vitrine::quant
{

// A grid under `key`; shifts of channels are a tensor.
void describe(CodedRecord& record, const std::string& key, CodeGrid& grid, std::int64_t channels);

// What is said of a layer in a file of codes, written or read: `network` and `coded.layers` up to
// this one, and `coded.input`, are known. Whatever a file holds, what was read without a problem is
// safe to run: counts fit the layer, codes their bits.
void describeLayer(CodedRecord& record, const model::Network& network, std::size_t layer,
                   CodedVision& coded);

} // namespace vitrine::quant
