#pragma once

#include "core/base/result.h"
#include "core/quant/vision/calibration_passes.h"
#include "core/quant/vision/trio_codes.h"

#include <functional>
#include <optional>
#include <vector>

namespace vitrine::quant
{

// What Trio-ViT chooses on the training pictures, layer by layer.
struct TrioGrids {
    CodeGrid picture;
    std::vector<CodeGrid> outputs;                // of a product with an activation: the latter's
    std::vector<std::optional<CodeGrid>> seconds; // of the second half of attention's heads
    std::vector<double> most;                     // the largest value of each output
    // Of activations: what each channel is divided by and has subtracted; empty: 1 and 0.
    std::vector<std::vector<double>> factors, centres;
};

// Three passes over the pictures: ranges of channels; ranges of what grids are of; the search,
// where the scheme has one. Input error for NaN or infinity, with the layer.
Result<TrioGrids> chooseTrioGrids(const TrioScheme& scheme, int activationBits,
                                  const CalibrationPasses& passes,
                                  const std::function<bool(double share)>& progress);

} // namespace vitrine::quant
