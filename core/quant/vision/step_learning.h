#pragma once

#include "core/base/result.h"
#include "core/quant/matrix.h"
#include "core/quant/vision/code_grid.h"

#include <cstdint>
#include <functional>

namespace vitrine::quant
{

// Trio-ViT's optional last pass over activations (section 2): the step of a layer's input grid is
// learned, so that mean |W x^ - y|^p is least.
struct StepLearningSettings {
    int iterations = 5'000;
    double rate = 4e-4; // of Adam, at the start; falls to 0 along half a cosine
    double power = 2.4; // p
    int batch = 32;     // rows drawn for each iteration
    std::uint64_t seed = 1005;
};

struct LearnedStep {
    CodeGrid grid;
    double errorBefore = 0,
           errorAfter = 0; // mean over all samples of sum over outputs |W x^ - y|^p
};

// `weights` [outputs, inputs] as they are decoded, samples x [rows, inputs] as they come to the
// grid, y [rows, outputs] what the float layer answers, without bias. The zero point stays. Round's
// gradient is taken to be 1 (straight through), that of the step is LSQ's (Esser et al. 2020).
// The step stays above a hundredth of where it began, for the rate is absolute; where the learned
// step is no better over all samples, the first is the answer. Progress every 50 iterations;
// `cancelled` where it answers false. Input error for NaN or infinity.
Result<LearnedStep> learnStep(const Matrix& weights, const ConstRows& x, const ConstRows& y,
                              const CodeGrid& start, const StepLearningSettings& settings = {},
                              const std::function<bool(double share)>& progress = {});

} // namespace vitrine::quant
