#include "plugins/calibration/figures/tuning.h"

#include "core/base/json.h"
#include "core/base/json_state.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/calibration/experiments/params.h"

#include <array>

namespace vitrine::calibration_plugin
{
namespace
{

struct TunedNumber {
    const char* name;
    double low, high;
    bool whole;
};
constexpr TunedNumber kNumbers[] = {
    {"tau", 0, 1, false},           {"alpha", 0, 1e6, false}, {"protect", 0, 1 << 20, true},
    {"min_rows", 0, 1 << 20, true}, {"beta", 0, 1, false},    {"seed", 0, 1e15, true},
};
constexpr std::array kTexts = {"rule", "receivers", "heads", "head_betas", "sinks_off", "sinks_on"};

// Lists without what is malformed, equal ones as equal texts.
std::string tidied(std::string_view name, const std::string& text)
{
    if (name == "head_betas")
        return headBetasText(parseHeadBetas(text));
    return name.starts_with("sinks_") ? sinkPlacesText(parseSinkPlaces(text)) : text;
}

bool canBeTuned(std::string_view name, const std::string& text)
{
    if (name == "rule")
        return attention::parseSinkRule(text).has_value();
    if (name == "receivers")
        return text == "all" || text == "not_first";
    return name != "heads" || !text.empty();
}

} // namespace

Params tuningIn(const Json& json)
{
    Params tuning;
    for (const TunedNumber& number : kNumbers) {
        const Json& value = partIn(json, number.name);
        const double given = value.is_number() ? value.get<double>() : number.low - 1;
        if (!(given >= number.low && given <= number.high))
            continue;
        if (number.whole)
            tuning.set(number.name, static_cast<std::int64_t>(given));
        else
            tuning.set(number.name, given);
    }
    for (const char* name : kTexts)
        if (const Json& value = partIn(json, name); value.is_string())
            if (std::string text = tidied(name, value.get<std::string>()); canBeTuned(name, text))
                tuning.set(name, std::move(text));
    return tuning;
}

Params tuned(Params run, const Params& tuning)
{
    const Params changed = tuningOf(tuning, run);
    for (const auto& [name, value] : changed.all())
        run.set(name, value);
    return run;
}

std::map<std::string, std::string> tuningTexts(const Params& wished)
{
    std::map<std::string, std::string> texts;
    const auto take = [&](const char* name) {
        if (const ParamValue* value = parameterOf(wished, name))
            texts[name] = paramText(*value);
    };
    for (const TunedNumber& number : kNumbers)
        take(number.name);
    for (const char* name : kTexts)
        take(name);
    return texts;
}

Params tuningOf(const Params& wished, const Params& run)
{
    Params tuning;
    const auto take = [&](const char* name) {
        const ParamValue* value = parameterOf(wished, name);
        if (value && tidied(name, paramText(*value)) != tidied(name, parameterText(run, name)))
            tuning.set(name, *value);
    };
    for (const TunedNumber& number : kNumbers)
        take(number.name);
    for (const char* name : kTexts)
        take(name);
    return tuning;
}

std::string headsOf(const Params& params)
{
    std::string heads = parameterText(params, "heads");
    return heads.empty() ? "all" : heads;
}

std::map<LayerHead, double> headBetasOf(const Params& params)
{
    return parseHeadBetas(parameterText(params, "head_betas"));
}

std::set<SinkPlace> sinkPlacesOf(const Params& params, std::string_view name)
{
    return parseSinkPlaces(parameterText(params, name));
}

double betaOf(const Params& params, LayerHead head)
{
    const auto betas = headBetasOf(params);
    const auto own = betas.find(head);
    return own == betas.end() ? calibrationOf(params).beta : own->second;
}

} // namespace vitrine::calibration_plugin
