#include "plugins/common/evidence_params.h"

#include <algorithm>

namespace vitrine
{
namespace
{

std::string helpOf(const evidence::Parameter& parameter)
{
    return fmt::format("{} (default: {})", parameter.help, evidence::markName(parameter.mark));
}

} // namespace

ParamSpec paramOf(const evidence::Parameter& parameter)
{
    ParamSpec spec;
    spec.name = parameter.name;
    spec.label = parameter.label;
    spec.unit = parameter.unit;
    spec.help = helpOf(parameter);
    spec.group = parameter.group;
    spec.advanced = parameter.advanced;
    switch (parameter.kind) {
    case evidence::ParameterKind::integer:
        spec.type = ParamType::integer;
        spec.fallback = static_cast<std::int64_t>(parameter.fallback);
        break;
    case evidence::ParameterKind::real:
        spec.type = ParamType::real;
        spec.fallback = parameter.fallback;
        break;
    case evidence::ParameterKind::toggle:
        spec.type = ParamType::boolean;
        spec.fallback = parameter.fallback != 0;
        break;
    case evidence::ParameterKind::choice:
        spec.type = ParamType::choice;
        for (const std::string& choice : parameter.choices)
            spec.choices.push_back({choice, choice, ""});
        spec.fallback = parameter.choices[static_cast<std::size_t>(parameter.fallback)];
        break;
    }
    if (parameter.kind == evidence::ParameterKind::integer ||
        parameter.kind == evidence::ParameterKind::real) {
        spec.minimum = parameter.minimum;
        spec.maximum = parameter.maximum;
    }
    return spec;
}

double chosenValue(const evidence::Parameter& parameter, const Params& params)
{
    switch (parameter.kind) {
    case evidence::ParameterKind::integer:
        return static_cast<double>(params.integer(parameter.name));
    case evidence::ParameterKind::real:
        return params.real(parameter.name);
    case evidence::ParameterKind::toggle:
        return params.boolean(parameter.name) ? 1 : 0;
    case evidence::ParameterKind::choice:
        break;
    }
    const auto found = std::ranges::find(parameter.choices, params.text(parameter.name));
    return static_cast<double>(found - parameter.choices.begin());
}

} // namespace vitrine
