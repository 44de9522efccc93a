#pragma once

#include "core/base/result.h"
#include "core/quant/vision/scale_search.h"
#include "core/quant/vision/vision_method.h"

namespace vitrine::quant
{

// How an EfficientViT gets its codes: Trio-ViT (2405.03882) and plain uniform quantization differ
// in what is on here and in nothing else. Batch normalisations are folded first, weights are
// symmetric with a scale for each filter, activations have one grid for each tensor, all
// requantizers are M 2^-n with an M of 31 bits. Ours [D]:
// - Sums of residuals, logits, the pixels of the picture and what attention computes on its way
//   have 8 bits whatever activations have.
// - Hardswish reads 16 bits with a binary point, with room for twice the largest value seen.
// - The head's LayerNorm reads and writes powers of two and is whole, as P²-ViT's.
struct TrioScheme {
    GridKind activations = GridKind::symmetric;
    bool searches = false;  // ranges are shrunk to what loses least (section 2)
    bool migration = false; // section 3
    bool shifting = false;  // section 4
    bool attention = true;  // linear attention in codes, not in floating point
    HeadDivision division = HeadDivision::integer;
    bool powerFactors = false;   // of migration: 2^0 .. 2^5 (section 3, option)
    bool learnsSteps = false;    // of what pointwise convolutions and linear layers alone read
    bool learnsRounding = false; // AdaRound (section 2)
};

// Input error that names the first layer which is not part of such a network.
Result<void> checkIsEfficientVit(const model::Network& network);

Result<CodedVision> codeEfficientVit(const TrioScheme& scheme, const VisionQuantTask& task);

} // namespace vitrine::quant
