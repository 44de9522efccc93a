#pragma once

#include "core/quant/vision/ada_round.h"
#include "core/quant/vision/calibration_passes.h"
#include "core/quant/vision/vision_codes.h"

#include <functional>
#include <string>
#include <vector>

namespace vitrine::quant
{

// AdaRound of a whole network in codes, layer by layer in its order: each layer reads what the
// layers before it, already rounded, give in codes, and should answer what the original answers
// (asymmetric reconstruction; Trio-ViT's specification, section 2). Layer by layer, not block by
// block as published [ours].
struct WeightsToRound {
    Matrix values; // [outputs, weights of one filter], with all that codes have multiplied in
    std::vector<CodeGrid> grids; // of each output
    std::vector<float> bias;     // the original's, of each output
};

struct RoundedLayer {
    std::string name;
    double nearestError = 0, error = 0; // mean |W x - y|^2, rounded to nearest and as learned
};

struct RoundingWork {
    std::function<WeightsToRound(std::size_t layer)> weights;
    // Changes the layer's codes in the network.
    std::function<Result<void>(std::size_t layer, const std::vector<std::int32_t>& codes)> take;
};

// `coded` is complete and changes as `work.take` changes it. Every layer with weights; convolutions
// group by group, several at once. Errors of adaRound with the layer's name; `cancelled` where
// progress answers false.
Result<std::vector<RoundedLayer>>
learnRounding(const CodedVision& coded, const CalibrationPasses& passes, const RoundingWork& work,
              const AdaRoundSettings& settings, const std::function<bool(double share)>& progress);

// One sentence for the notes of a run.
std::string roundingWords(const std::vector<RoundedLayer>& layers,
                          const AdaRoundSettings& settings);

} // namespace vitrine::quant
