#pragma once

#include "core/model/vision/classification.h"
#include "core/quant/vision/integer_vision.h"
#include "core/quant/vision/simulated_vision.h"
#include "plugins/quantization/experiments/vision_input.h"

#include <functional>
#include <optional>
#include <span>
#include <vector>

// A vision transformer and what became of it, judged on the same pictures.
namespace vitrine::quantization_plugin
{

struct VisionVersions {
    const OpenVision& opened;    // how pictures are prepared
    model::VisionModel original; // what the other is compared with
    // Codes, by two passes; or another network in floating point.
    std::optional<quant::SimulatedVision> simulated;
    std::optional<quant::IntegerVision> whole; // nothing where parts stay in floating point
    std::optional<model::VisionModel> reworked;

    const model::Network& changedNetwork() const
    {
        return reworked ? reworked->network() : simulated->coded().network();
    }
};

struct JudgedPictures {
    std::vector<model::Classified> original, quantized; // of each picture
    quant::RoundingCount rounding;                      // of the simulated passes
    // Logits that both passes of the codes have alike, of all of them; 0 of 0 without whole
    // numbers.
    std::int64_t equalOutputs = 0, outputs = 0;
    std::int64_t unequalPictures = 0;
    // Wall time for one picture, all threads busy with pictures of their own.
    double secondsOriginal = 0, secondsSimulated = 0, secondsWhole = 0; // simulated: or reworked
    std::vector<LeftOut> leftOut;
};
// The first `count` pictures; `classes` is classesFor(pictures, opened). The versions take
// turns on groups of pictures. `progress` gets how many are done; false: cancelled.
Result<JudgedPictures> judge(const VisionVersions& versions, const LabelledPictures& pictures,
                             std::int64_t count, std::span<const std::int64_t> classes,
                             const std::function<bool(std::int64_t done)>& progress);

// How far each layer of the changed network is from that of the original with the same name and as
// many outputs, over some pictures.
struct LayerDistance {
    double error = 0;  // sum of squared differences over the sum of squares
    double signal = 0; // sum of squares; 0: nothing to compare
};
Result<std::vector<LayerDistance>> layerDistances(const VisionVersions& versions,
                                                  std::span<const std::vector<float>> pictures);

} // namespace vitrine::quantization_plugin
