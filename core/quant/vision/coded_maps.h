#pragma once

#include "core/model/network/network.h"
#include "core/quant/vision/coded_numbers.h"

#include <cstddef>
#include <span>

// Layers of an EfficientViT in files of codes, written or read (coded_layers.h). What is made of
// grids is not kept, but made again.
namespace vitrine::quant
{

inline constexpr int kMostHeadBits = 12; // of what linear attention computes on its way

bool isOfEfficientVit(const model::Network& network);

// The grid of a second half of the heads, where there is one.
void describeSecond(CodedRecord& record, const model::NetworkLayer& layer, CodedLayer& coded,
                    GridLimits limits);
// Hardswish behind a product; `layers` have their grids.
void describeHardSwish(CodedRecord& record, const model::Network& network, std::size_t product,
                       std::span<const CodedLayer> layers, CodedProduct& work);
// An activation from code to code.
void describeCodes(CodedRecord& record, const CodeGrid& from, const CodeGrid& to, CodedTable& work);
// Read codes have the grids that they are put side by side on.
void describeConcat(CodedRecord& record, const model::NetworkLayer& layer,
                    std::span<const CodedLayer> layers, const CodedLayer& own);
void describeHeads(CodedRecord& record, const model::Network& network, std::size_t place,
                   std::span<const CodedLayer> layers, CodedHeads& work);

} // namespace vitrine::quant
