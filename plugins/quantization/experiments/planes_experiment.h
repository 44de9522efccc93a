#pragma once

#include "core/jobs/experiment/experiment.h"

#include <map>
#include <string>
#include <string_view>

namespace vitrine::quantization_plugin
{

// quantization.planes: a packed model on its first planes beside the original: next tokens, a
// continuation, perplexity and divergence on the first windows of a text, speed, bits. A session
// keeps both models open and answers again for what changes: planes, of all layers or of one,
// prompt, text.
class PlanesExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
    Result<std::unique_ptr<LiveSession>> open(const Params& params) const override;
};

// Planes of single layers as a text: "model.layers.0.mlp.up_proj.weight=2,...".
std::string layerPlanesText(const std::map<std::string, int>& planes);
Result<std::map<std::string, int>> parseLayerPlanes(std::string_view text);

} // namespace vitrine::quantization_plugin
