#pragma once

#include "core/base/result.h"
#include "core/quant/vision/power_scale.h"
#include "core/quant/vision/vision_method.h"

namespace vitrine::quant
{

// How a ViT or DeiT gets its codes. P²-ViT, its twin with scales that are any number, and plain
// min-max differ in what is on here and in nothing else (P²-ViT, 2405.19915; specification 2 to 5).
struct VitScheme {
    PowerRounding power = PowerRounding::none; // of every scale; none: they are any number
    bool channelFactors = false;               // PTF on what LayerNorms read
    bool smoothing = false;                    // of what qkv and fc1 read
    bool logSoftmax = false;                   // attention weights as powers of two, 4 bits
    // LayerNorm, softmax and GELU in whole numbers, requantization by shifts. Needs powers of two
    // and logSoftmax.
    bool isWhole = false;
    // Weights of fewer than 8 bits have a scale for each output, not for the whole; in each layer
    // by its own bits.
    bool fewBitsPerOutput = false;
    bool learnsRounding = false; // AdaRound [ours: not P²-ViT's]
};
inline constexpr int kLogSoftmaxBits = 4;

// Input error that names the first layer which is not part of such a network.
Result<void> checkIsVit(const model::Network& network);

Result<CodedVision> codeVit(const VitScheme& scheme, const VisionQuantTask& task);

} // namespace vitrine::quant
