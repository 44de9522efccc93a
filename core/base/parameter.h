#pragma once

#include "core/base/evidence.h"
#include "core/base/result.h"

#include <map>
#include <string>
#include <type_traits>
#include <vector>

namespace vitrine::evidence
{

enum class ParameterKind { integer, real, toggle, choice };

struct Parameter {
    std::string name{};              // "rows"
    std::string label{};             // "Rows"
    std::string unit{};              // "" for plain numbers
    double minimum = 0, maximum = 0; // toggles 0 and 1, choices 0 .. choices - 1
    Mark mark = Mark::ours;          // of the default
    std::string help{};
    std::string group{};
    std::vector<std::string> choices{}; // names scripts write
    ParameterKind kind = ParameterKind::real;
    double fallback = 0; // taken from the struct of the settings
    bool advanced = false;
};

// Values in the order of the parameters.
using Settings = std::vector<double>;

Settings defaultSettings(const std::vector<Parameter>& parameters);
// Index, -1 where there is none.
int parameterIndex(const std::vector<Parameter>& parameters, std::string_view name);
// The defaults with some values changed. Argument error for unknown names ("WHOSE has no parameter
// ...") and for values out of range or not whole.
Result<Settings> settingsWith(const std::vector<Parameter>& parameters,
                              const std::map<std::string, double>& changes,
                              std::string_view whose = "this accelerator");
Result<void> checkSettings(const std::vector<Parameter>& parameters, const Settings& settings);

// Ties a parameter to a member of a struct, so that the struct is the only place of its default.
template <typename Config>
struct Field {
    Parameter parameter;
    double (*get)(const Config&);
    void (*set)(Config&, double);
};

template <typename Config, auto Member>
Field<Config> field(Parameter parameter)
{
    using Type = std::remove_reference_t<decltype(std::declval<Config&>().*Member)>;
    Field<Config> made{
        std::move(parameter),
        [](const Config& config) { return static_cast<double>(config.*Member); },
        [](Config& config, double value) { config.*Member = static_cast<Type>(value); }};
    made.parameter.fallback = made.get(Config{});
    if constexpr (std::is_same_v<Type, bool>) {
        made.parameter.kind = ParameterKind::toggle;
        made.parameter.minimum = 0;
        made.parameter.maximum = 1;
    } else if constexpr (std::is_enum_v<Type>) {
        made.parameter.kind = ParameterKind::choice;
        made.parameter.minimum = 0;
        made.parameter.maximum = static_cast<double>(made.parameter.choices.size()) - 1;
    } else if constexpr (std::is_integral_v<Type>) {
        made.parameter.kind = ParameterKind::integer;
    }
    return made;
}

template <typename Config>
std::vector<Parameter> parametersOf(const std::vector<Field<Config>>& fields)
{
    std::vector<Parameter> parameters;
    for (const auto& one : fields)
        parameters.push_back(one.parameter);
    return parameters;
}

// settings are checked and as long as fields.
template <typename Config>
Config configOf(const std::vector<Field<Config>>& fields, const Settings& settings)
{
    Config config;
    for (std::size_t i = 0; i < fields.size(); ++i)
        fields[i].set(config, settings[i]);
    return config;
}

} // namespace vitrine::evidence
