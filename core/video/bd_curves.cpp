#include "core/video/bd_curves.h"

#include "core/base/json.h"

namespace vitrine::video
{
namespace
{

Result<std::vector<RatePoint>> curveOf(const Json& json, const char* name, std::string_view file)
{
    constexpr std::size_t kMostPoints = 10'000;
    const auto wrong = [&](const char* what) {
        return inputError("cannot read {}: \"{}\" {}", file, name, what);
    };
    if (!json.is_object() || !json.contains(name) || !json[name].is_object())
        return wrong("is missing: {\"rate\": [...], \"quality\": [...]}");
    const Json& curve = json[name];
    for (const char* list : {"rate", "quality"})
        if (!curve.contains(list) || !curve[list].is_array())
            return wrong("needs the lists rate and quality");
    const Json &rates = curve["rate"], &qualities = curve["quality"];
    if (rates.size() != qualities.size() || rates.size() > kMostPoints)
        return wrong("needs equally many rates and qualities");
    std::vector<RatePoint> points;
    for (std::size_t i = 0; i < rates.size(); ++i) {
        if (!rates[i].is_number() || !qualities[i].is_number())
            return wrong("holds something that is not a number");
        points.push_back({rates[i].get<double>(), qualities[i].get<double>()});
    }
    return points;
}

} // namespace

Result<BdCurves> parseBdCurves(std::string_view text, std::string_view name)
{
    VITRINE_TRY(const Json json, parseJson(text, name));
    BdCurves curves;
    VITRINE_TRY(curves.anchor, curveOf(json, "anchor", name));
    VITRINE_TRY(curves.test, curveOf(json, "test", name));
    return curves;
}

} // namespace vitrine::video
