#include "plugins/attention/experiments/capture_experiment.h"

#include <limits>

#include "plugins/attention/experiments/live.h"
#include "plugins/attention/experiments/pass.h"
#include "plugins/common/experiment_sinks.h"
#include "plugins/common/vision_model.h"

namespace vitrine::attention_plugin
{

ExperimentInfo CaptureExperiment::info() const
{
    return {"attention.capture", "Attention maps and sinks",
            "Where every head of a language model looks in a text, and which tokens are attention "
            "sinks. With image, or a vision transformer as model, attention.picture answers.",
            1};
}

std::vector<ParamSpec> CaptureExperiment::params(const Params&) const
{
    std::vector<ParamSpec> specs = {modelParam()};
    for (const auto& group : {promptParams(), sinkParams(), passParams()})
        specs.insert(specs.end(), group.begin(), group.end());
    return specs;
}

Result<RunResult> CaptureExperiment::run(const Params& params, Progress& progress) const
{
    VITRINE_TRY(const OpenModel opened, openModel(params, &progress));
    VITRINE_TRY(CapturePass pass, runPass(params, opened, progress));
    double overhead = std::numeric_limits<double>::quiet_NaN();
    if (params.boolean("overhead")) {
        VITRINE_TRY(overhead, measureOverhead(pass, opened, progress));
    }
    const auto file = progress.artifactFolder() / "capture.safetensors";
    VITRINE_TRY(RunResult result, captureResult(pass, params, opened, file));
    result.metrics.push_back({"capture_overhead", overhead, "1", Origin::measured,
                              "Time of the pass with all summaries over the time of a plain pass, "
                              "less 1; the passes are "
                              "repeated side by side and their medians compared"});
    return result;
}

// A picture, or a vision transformer.
std::string CaptureExperiment::insteadFor(const std::map<std::string, std::string>& given) const
{
    const auto model = given.find("model");
    const bool isPicture =
        given.contains("image") || (model != given.end() && namesVisionModel(model->second));
    return isPicture ? "attention.picture" : "";
}

Result<std::unique_ptr<LiveSession>> CaptureExperiment::open(const Params& params) const
{
    return openCaptureLive(params);
}

} // namespace vitrine::attention_plugin
