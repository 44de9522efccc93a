#pragma once

#include "core/base/result.h"
#include "core/quant/vision/calibration_passes.h"
#include "core/quant/vision/vit_codes.h"
#include "core/quant/vision/weight_scale.h"

#include <vector>

namespace vitrine::quant
{

// A convolution's or a linear layer's, before they are codes.
struct VitWeights {
    Matrix values; // [outputs, inputs], smoothing multiplied in
    std::vector<float> bias;
    WeightScales scales;
};

// What is chosen for a ViT on the training pictures, layer by layer.
struct VitGrids {
    std::vector<VitWeights> weights; // of products
    // What a norm's outputs are multiplied by, each channel; empty: 1.
    std::vector<std::vector<double>> smoothing;
    std::vector<float> firstTokens, positions; // as the checkpoint has them
    CodeGrid picture, placed;                  // of the pictures' values; of positions
    std::vector<CodeGrid> outputs;             // but of softmax, whose weights lie in 0 .. 1
};

// Two passes over the pictures: ranges and squares of what products read; the losses of the grids
// that are tried, where the scheme tries any. `task.progress` gets their share.
Result<VitGrids> chooseVitGrids(const VitScheme& scheme, const VisionQuantTask& task,
                                const CalibrationPasses& passes);

bool isVitProduct(model::LayerKind kind);
// Of what a layer gives: residuals, norms' inputs and embeddings have 8, the rest what is asked.
int activationBits(const model::Network& network, std::size_t layer,
                   const VisionQuantSettings& settings);

} // namespace vitrine::quant
