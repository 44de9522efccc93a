#pragma once

#include "core/base/result.h"
#include "core/model/vision/vision_model.h"
#include "core/quant/hessian.h"
#include "core/quant/matrix.h"
#include "core/quant/vision/value_range.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace vitrine::quant
{

// The original network over the pictures that a method chooses its scales on, several times.
// Activations behind products are layers of their own. One thread at a time.
class CalibrationPasses
{
public:
    // Argument error without pictures; errors of the model.
    static Result<CalibrationPasses> open(std::shared_ptr<const model::VisionCheckpoint> checkpoint,
                                          const std::vector<std::vector<float>>& pictures);

    // `told` gets every layer's output of every picture; `progress` the share of this pass.
    Result<void> run(const std::function<void(const model::LayerOutput&)>& told,
                     const std::function<bool(double share)>& progress = {}) const;

    const model::Network& network() const { return model_.network(); }
    const std::vector<std::vector<float>>& pictures() const { return *pictures_; }

private:
    CalibrationPasses(model::VisionModel model, const std::vector<std::vector<float>>& pictures)
        : model_(std::move(model)), pictures_(&pictures)
    {
    }

    model::VisionModel model_;
    const std::vector<std::vector<float>>* pictures_;
};

// What a first pass sees of a layer.
struct SeenLayer {
    ValueRange range;
    std::vector<double> channelMost; // largest |x| of each column
    // Of products with weights that are linear, or whose kernel tiles the map: the mean of x x^T
    // over all rows that they read; elsewhere empty.
    Matrix meanSquare;
};
struct SeenNetwork {
    ValueRange picture;
    std::vector<SeenLayer> layers; // as the network's
};
Result<SeenNetwork> seeNetwork(const CalibrationPasses& passes,
                               const std::function<bool(double share)>& progress);

// The rows of the product that one group of a convolution is, [pixels, channels of the group *
// kernel area], in the order of its weights; beyond the border is 0.
Matrix convolutionRows(const model::ConvShape& shape, std::int64_t group, const Matrix& map);

} // namespace vitrine::quant
