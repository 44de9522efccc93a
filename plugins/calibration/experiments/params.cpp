#include "plugins/calibration/experiments/params.h"

#include "core/jobs/experiment/read_run.h"
#include "plugins/common/experiment_input.h"
#include "plugins/common/experiment_sinks.h"

namespace vitrine::calibration_plugin
{

std::vector<ParamSpec> calibrationParams()
{
    std::vector<ParamSpec> specs = sinkParams(attention::Calibration{}.sinks);
    const ParamSpec beta =
        numberParam("beta", "Factor β", "Calibration",
                    "What the weight on a sink is multiplied by; 1 changes nothing, 0 removes the "
                    "sink (ACT, section 4; the authors use 0.4)",
                    0, 1, attention::Calibration{}.beta);
    ParamSpec receivers;
    receivers.name = "receivers";
    receivers.label = "Receivers";
    receivers.type = ParamType::choice;
    receivers.help = "Who gets what the sinks lose, in proportion to the weight each has already";
    receivers.group = "Calibration";
    receivers.choices = {
        {"all", "all other tokens",
         "The paper's: the first token, mostly the heaviest, takes the largest part"},
        {"not_first", "all but token 0", "The first token keeps what it has (ours)"}};
    receivers.fallback = ParamValue(std::string("all"));
    specs.insert(specs.end(), {beta, receivers});
    return specs;
}

attention::Calibration calibrationOf(const Params& params)
{
    attention::Calibration calibration;
    calibration.sinks = sinkOptions(params);
    calibration.beta = parameterNumber(params, "beta", calibration.beta);
    if (parameterText(params, "receivers") == "not_first")
        calibration.receivers = attention::Receivers::notFirst;
    calibration.reference = parameterText(params, "reference") == "on";
    return calibration;
}

std::vector<ParamSpec> headParams(const std::string& fallback)
{
    ParamSpec heads;
    heads.name = "heads";
    heads.label = "Heads";
    heads.help = "Heads to calibrate: all, none, random:N, layer.head,layer.head,..., or a head "
                 "file as calibration.search writes it";
    heads.group = "Layers and heads";
    heads.fallback = ParamValue(fallback);
    ParamSpec layers =
        layersParam("Layers whose heads may be calibrated; empty: 2 to L-2, for the "
                    "first two are diffuse and the last is diagonal (ACT, section 5)");
    return {heads, layers};
}

Result<std::vector<int>> eligibleLayersOf(const Params& params, const model::LlmConfig& config)
{
    if (params.integers("layers").empty())
        return attention::eligibleLayers(config);
    return chosenLayers(params, config);
}

Result<attention::HeadList> headListOf(const Params& params, const model::LlmConfig& config)
{
    std::vector<int>
        layers; // empty: resolveHeads knows the eligible ones, and says so where none is
    if (!params.integers("layers").empty()) {
        VITRINE_TRY(layers, chosenLayers(params, config));
    }
    return attention::resolveHeads(params.text("heads"), config, layers,
                                   static_cast<std::uint64_t>(params.integer("seed")));
}

} // namespace vitrine::calibration_plugin
