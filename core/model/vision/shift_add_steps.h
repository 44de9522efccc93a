#pragma once

#include "core/model/network/shift_add_network.h"
#include "core/model/vision/vision_steps.h"

// The layers that ShiftAddViT computes otherwise (shift_add_network.h says what), in fp32: shifted
// weights are powers of two and their inputs rounded down to 16 fraction bits, as in training; the
// products with them are sums of whole floats, without the rounding of each term that an integer
// shifter has.
namespace vitrine::model
{

inline bool hasShiftAddStep(const NetworkLayer& layer)
{
    return layer.method == kShiftAdd;
}
PassMatrix shiftAddOutput(const NetworkLayer& layer, std::span<const PassMatrix> inputs);
// `after` follows a linear layer without a router.
Result<std::unique_ptr<VisionStep>> makeShiftAddStep(const NetworkLayer& layer, Function after,
                                                     const Checkpoint& checkpoint);

} // namespace vitrine::model
