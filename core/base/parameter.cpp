#include "core/base/parameter.h"

#include "core/base/format.h"

#include <array>
#include <cmath>

namespace vitrine::evidence
{

Settings defaultSettings(const std::vector<Parameter>& parameters)
{
    Settings settings;
    for (const Parameter& parameter : parameters)
        settings.push_back(parameter.fallback);
    return settings;
}

int parameterIndex(const std::vector<Parameter>& parameters, std::string_view name)
{
    for (std::size_t i = 0; i < parameters.size(); ++i)
        if (parameters[i].name == name)
            return static_cast<int>(i);
    return -1;
}

Result<Settings> settingsWith(const std::vector<Parameter>& parameters,
                              const std::map<std::string, double>& changes, std::string_view whose)
{
    Settings settings = defaultSettings(parameters);
    for (const auto& [name, value] : changes) {
        const int index = parameterIndex(parameters, name);
        if (index < 0)
            return argumentError("{} has no parameter \"{}\"", whose, name);
        settings[static_cast<std::size_t>(index)] = value;
    }
    VITRINE_CHECK(checkSettings(parameters, settings));
    return settings;
}

Result<void> checkSettings(const std::vector<Parameter>& parameters, const Settings& settings)
{
    if (settings.size() != parameters.size())
        return argumentError("{} values given, {} parameters expected", settings.size(),
                             parameters.size());
    for (std::size_t i = 0; i < settings.size(); ++i) {
        const Parameter& parameter = parameters[i];
        const double value = settings[i];
        if (!(value >= parameter.minimum && value <= parameter.maximum))
            return argumentError("{} is {}, from {} to {} allowed", parameter.name, shortest(value),
                                 shortest(parameter.minimum), shortest(parameter.maximum));
        if (parameter.kind != ParameterKind::real && value != std::floor(value))
            return argumentError("{} is {}, a whole number expected", parameter.name,
                                 shortest(value));
    }
    return {};
}

} // namespace vitrine::evidence
