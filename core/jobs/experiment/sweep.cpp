#include "core/jobs/experiment/sweep.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/json_fields.h"

#include <cmath>
#include <set>
#include <span>

namespace vitrine
{
namespace
{

using Values = std::vector<std::string>;

constexpr std::int64_t kMostSteps = 10'000;

// A scalar, or a list of whole numbers, as `--set name=value` would write it; none for anything
// else.
std::optional<std::string> valueText(const Json& value)
{
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_boolean() || value.is_number())
        return dumpJson(value);
    if (!value.is_array())
        return std::nullopt;
    std::string list;
    for (const Json& item : value) {
        if (!item.is_number_integer())
            return std::nullopt;
        list += (list.empty() ? "" : ",") + dumpJson(item);
    }
    return list;
}

// {"from": 0, "to": 1, "steps": 6, "scale": "linear" | "log"}
Values rangeValues(const Json& range, const std::string& where, JsonFields& study)
{
    JsonFields fields(range, where);
    const double from = fields.real("from", std::nan("")), to = fields.real("to", std::nan(""));
    const std::int64_t steps = fields.integer("steps", 2, kMostSteps);
    const std::string scale = fields.text("scale");
    const bool logarithmic = scale == "log";
    if (!logarithmic && !scale.empty() && scale != "linear")
        fields.fail("\"scale\" is neither \"linear\" nor \"log\"");
    if (!std::isfinite(from) || !std::isfinite(to))
        fields.fail("a range needs the numbers \"from\" and \"to\"");
    else if (logarithmic && (from <= 0 || to <= 0))
        fields.fail("a logarithmic range needs ends above zero");
    if (const auto read = fields.done(); !read) {
        study.fail(read.error().message);
        return {};
    }
    Values values;
    for (std::int64_t i = 0; i < steps; ++i) {
        const double share = static_cast<double>(i) / static_cast<double>(steps - 1);
        double value = logarithmic ? from * std::pow(to / from, share) : from + (to - from) * share;
        if (i == steps - 1)
            value = to; // exactly, whatever the rounding
        // Fourteen digits: 0.30000000000000004 is what nobody meant.
        values.push_back(paramText(std::stod(fmt::format("{:.14g}", value))));
    }
    return values;
}

Values listValues(const Json& list, const std::string& where, JsonFields& study)
{
    Values values;
    for (const Json& item : list) {
        if (const auto text = valueText(item))
            values.push_back(*text);
        else
            study.fail(where + " has an item that is neither text, number, truth value nor a list "
                               "of whole numbers");
    }
    if (values.empty())
        study.fail(where + " has no values");
    return values;
}

void readFixed(SweepStudy& study, JsonFields& fields)
{
    for (const auto& [name, value] : fields.object("set").items()) {
        if (const auto text = valueText(value))
            study.fixed[name] = *text;
        else
            fields.fail("\"set\": " + name + " is neither text, number nor truth value");
    }
}

void readVaried(SweepStudy& study, JsonFields& fields)
{
    for (const auto& [name, value] : fields.object("vary").items()) {
        const std::string where = "\"vary\": " + name;
        if (study.fixed.contains(name))
            fields.fail(where + " is set as well");
        else if (value.is_object())
            study.varied.emplace_back(name, rangeValues(value, where, fields));
        else if (value.is_array())
            study.varied.emplace_back(name, listValues(value, where, fields));
        else
            fields.fail(where + " is neither a list nor a range {\"from\", \"to\", \"steps\"}");
    }
    if (study.varied.empty())
        fields.fail("\"vary\" names no parameter");
}

void countPoints(const SweepStudy& study, JsonFields& fields)
{
    std::size_t points = 1;
    for (const auto& [name, values] : study.varied) {
        if (values.empty())
            return; // complained of already
        if (points > kMostSweepPoints / values.size())
            return fields.fail(fmt::format("more than {} combinations; vary fewer parameters or "
                                           "take fewer steps",
                                           kMostSweepPoints));
        points *= values.size();
    }
}

} // namespace

Result<SweepStudy> parseSweep(std::string_view text, std::string_view where)
{
    VITRINE_TRY(const Json json, parseJson(text, where));
    if (!json.is_object())
        return inputError("{}: a study is a JSON object", where);
    JsonFields fields(json, std::string(where));
    if (fields.integer("format", 0, 1 << 30) != 1)
        fields.fail("\"format\" is not 1; a newer Vitrine may read it");
    SweepStudy study;
    study.name = fields.neededText("name");
    study.experiment = fields.neededText("experiment");
    static const std::set<std::string> kKnown = {"format", "name", "experiment", "set", "vary"};
    for (const auto& [key, value] : json.items())
        if (!kKnown.contains(key))
            fields.fail("\"" + key + "\" is not part of a study");
    readFixed(study, fields);
    readVaried(study, fields);
    countPoints(study, fields);
    VITRINE_CHECK(fields.done());
    return study;
}

std::vector<std::map<std::string, std::string>> sweepPoints(const SweepStudy& study)
{
    std::vector<std::map<std::string, std::string>> points = {study.fixed};
    for (const auto& [name, values] : study.varied) {
        std::vector<std::map<std::string, std::string>> more;
        more.reserve(points.size() * values.size());
        for (const auto& point : points)
            for (const std::string& value : values) {
                more.push_back(point);
                more.back()[name] = value;
            }
        points = std::move(more);
    }
    return points;
}

std::string sweepUid(const SweepStudy& study, int experimentVersion, const Params& resolved)
{
    const std::string identity =
        dumpJson(Json::array({study.name, study.experiment, experimentVersion, toJson(resolved)}));
    return sha256(std::as_bytes(std::span(identity))).substr(0, 32);
}

} // namespace vitrine
