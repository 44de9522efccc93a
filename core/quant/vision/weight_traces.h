#pragma once

#include "core/base/random.h"
#include "core/base/result.h"
#include "core/model/vision/vision_checkpoint.h"
#include "core/quant/vision/mixed_layers.h"
#include "core/quant/vision/trace_estimate.h"

#include <functional>
#include <memory>
#include <vector>

namespace vitrine::quant
{

// How much the answers of a network feel changes of the weights of single layers, without labels
// and without gradients: the trace of the Hessian of
//   KL(answers of the original || answers with changed weights), mean over pictures,
// in the weights of one layer, at the original. Divergence and gradient are 0 there, so it is the
// Gauss-Newton matrix, Fisher's information of the network's own answers, and
//   v^T H v = 2 KL(weights + step v) / step^2
// up to terms that a small step makes small. Hutchinson's estimate is taken over v of -1 and +1.
struct WeightTraceSettings {
    std::size_t batches = 10; // the pictures in so many equal parts; at most one for each picture
    double step = 0.01;       // times the root mean square of the layer's weights [D]
    TraceSettings estimate = {};
};

// Traces [batch][layer] of the layers that are not fixed, in order; weights with a layer scale
// count with it, as they are quantised. `progress` gets the share; false: cancelled. At least one
// picture.
Result<std::vector<std::vector<double>>>
weightTraces(std::shared_ptr<const model::VisionCheckpoint> checkpoint, const MixedNetwork& network,
             const std::vector<std::vector<float>>& pictures, Random& random,
             const WeightTraceSettings& settings = {},
             const std::function<bool(double share)>& progress = {});

} // namespace vitrine::quant
