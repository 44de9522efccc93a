#include "plugins/quantization/experiments/cost_params.h"

#include "plugins/common/evidence_params.h"

namespace vitrine::quantization_plugin
{

std::vector<ParamSpec> costParams()
{
    std::vector<ParamSpec> specs;
    for (const auto& parameter : evidence::parametersOf(quant::costFields()))
        specs.push_back(paramOf(parameter));
    return specs;
}

quant::CostAssumptions costAssumptions(const Params& params)
{
    const auto fields = quant::costFields();
    evidence::Settings settings;
    for (const auto& parameter : evidence::parametersOf(fields))
        settings.push_back(chosenValue(parameter, params));
    return evidence::configOf(fields, settings);
}

} // namespace vitrine::quantization_plugin
