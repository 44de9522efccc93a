#pragma once

#include "core/quant/vision/calibration_passes.h"
#include "core/quant/vision/step_learning.h"

#include <functional>
#include <string>
#include <vector>

namespace vitrine::quant
{

// The steps of activations learned one by one (Trio-ViT, section 2), each for the linear layer or
// pointwise convolution that alone reads it, on what the original gives [ours: published block by
// block, behind the learned weights].
struct StepPlace {
    std::size_t from = 0;        // the layer whose outputs stand on the grid
    CodeGrid grid;               // where learning begins
    Matrix weights, decoded;     // of its reader, [outputs, inputs]: as they are, and rounded
    std::vector<double> centres; // what the channels have subtracted; empty: 0
};

// In the order of the places, by at most 2048 rows of the pictures, several places at once. Errors
// of learnStep with the layer's name; `cancelled` where progress answers false.
Result<std::vector<LearnedStep>> learnSteps(const CalibrationPasses& passes,
                                            const std::vector<StepPlace>& places,
                                            const StepLearningSettings& settings,
                                            const std::function<bool(double share)>& progress);

// One sentence for the notes of a run.
std::string stepWords(const std::vector<LearnedStep>& learned,
                      const StepLearningSettings& settings);

} // namespace vitrine::quant
