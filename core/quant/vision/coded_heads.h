#pragma once

#include "core/model/network/network.h"
#include "core/quant/vision/vision_codes.h"

#include <cstddef>
#include <memory>
#include <span>

namespace vitrine::quant
{

// Linear attention in whole numbers from the grids of its layers, which stand one behind the other
// from `context` on: both halves of its heads. `layers` are those of the network; the grids of the
// attention's and of what it reads are known. Input error of wholeHead.
Result<std::shared_ptr<const BothHalves>> wholeHalves(const model::Network& network,
                                                      std::span<const CodedLayer> layers,
                                                      std::size_t context, HeadDivision division);

} // namespace vitrine::quant
