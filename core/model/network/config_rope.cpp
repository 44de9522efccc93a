#include "core/model/network/config_rope.h"

#include <algorithm>
#include <array>
#include <fmt/ranges.h>
#include <string_view>
#include <vector>

namespace vitrine::model
{
namespace
{

constexpr std::int64_t kLongestContext = 1 << 30;
constexpr const char* kOriginalContext = "original_max_position_embeddings";

// What one of the two objects says.
struct RopePlace {
    const char* name = "";
    std::optional<double> theta;
    std::optional<Llama3Scaling> scaling;
};

// "rope_type" of newer files, "type" of older ones.
std::string ropeType(ConfigFields& fields, const char* name)
{
    const std::string newer = fields.text("rope_type"), older = fields.text("type");
    if (!newer.empty() && !older.empty() && newer != older)
        fields.refuse("\"{}.rope_type\" is \"{}\", but \"{}.type\" is \"{}\"", name,
                      printable(newer), name, printable(older));
    return newer.empty() ? older : newer;
}

// Keys that `type` does not read.
std::vector<std::string> keysWithoutEffect(const Json& object, std::string_view type)
{
    static constexpr std::array<std::string_view, 4> kAlways{"rope_type", "type", "rope_theta",
                                                             "partial_rotary_factor"};
    static constexpr std::array<std::string_view, 4> kLlama3{"factor", "low_freq_factor",
                                                             "high_freq_factor", kOriginalContext};
    std::vector<std::string> keys;
    for (const auto& [key, value] : object.items())
        if (!value.is_null() && std::ranges::find(kAlways, key) == kAlways.end() &&
            !(type == "llama3" && std::ranges::find(kLlama3, key) != kLlama3.end()))
            keys.push_back(printable(key));
    return keys;
}

// The original context stands inside the object, or at the top.
std::int64_t originalContext(ConfigFields& top, ConfigFields& fields, const char* name)
{
    const bool isAbove = top.find(kOriginalContext) && !fields.find(kOriginalContext);
    ConfigFields& place = isAbove ? top : fields;
    const std::int64_t context = place.integer(kOriginalContext, 1, kLongestContext, {});
    if (top.find(kOriginalContext) &&
        top.integer(kOriginalContext, 1, kLongestContext, {}) != context)
        fields.refuse("\"{}.{}\" is {}, but \"{}\" at the top is another number", name,
                      kOriginalContext, context, kOriginalContext);
    return context;
}

void readScaling(ConfigFields& top, ConfigFields& fields, const Json& object, RopePlace& place)
{
    const std::string type = ropeType(fields, place.name);
    const auto idle = keysWithoutEffect(object, type);
    if (type.empty() && !idle.empty())
        fields.refuse("\"{}\" has \"{}\" but no \"rope_type\", so it does not say how rotary "
                      "frequencies are scaled; write \"rope_type\" (\"default\": not at all)",
                      place.name, idle.front());
    if (type == "llama3") {
        place.scaling =
            Llama3Scaling{.factor = fields.positive("factor", {}),
                          .lowFrequencyFactor = fields.positive("low_freq_factor", {}),
                          .highFrequencyFactor = fields.positive("high_freq_factor", {}),
                          .originalContext = originalContext(top, fields, place.name)};
        if (place.scaling->highFrequencyFactor <= place.scaling->lowFrequencyFactor)
            fields.refuse("\"{}.high_freq_factor\" must be above \"low_freq_factor\"", place.name);
    } else if (!type.empty() && type != "default") {
        fields.refuse(
            "rotary scaling of type \"{}\" is not supported; \"default\" and \"llama3\" are",
            printable(type));
    }
    if (!idle.empty())
        top.notes.push_back(fmt::format("{} of \"{}\" in config.json has no effect on rotary "
                                        "embedding of type \"{}\".",
                                        fmt::join(idle, ", "), place.name,
                                        type.empty() ? "default" : type));
}

std::optional<RopePlace> readPlace(ConfigFields& top, const char* name)
{
    const Json* object = top.find(name);
    if (!object || (object->is_object() && object->empty()))
        return {};
    if (!object->is_object()) {
        top.refuse("\"{}\" is {}, an object is expected", name, ConfigFields::shown(*object));
        return {};
    }
    RopePlace place{.name = name, .theta = {}, .scaling = {}};
    ConfigFields fields(*object, fmt::format("{}.", name));
    for (const auto& [key, value] : object->items())
        if (value.is_object())
            fields.refuse("\"{}\" differs between layers (\"{}\"), which is not supported", name,
                          printable(key));
    if (fields.find("rope_theta"))
        place.theta = fields.positive("rope_theta", {});
    if (fields.positive("partial_rotary_factor", 1.0) != 1.0)
        fields.refuse("rotary embedding of a part of each head is not supported");
    readScaling(top, fields, *object, place);
    if (top.problem.empty())
        top.problem = fields.problem;
    return place;
}

std::string scalingName(const RopePlace& place)
{
    return place.scaling ? fmt::format("llama3, factor {}", place.scaling->factor) : "default";
}

// The scaling that counts of two that are written.
std::optional<Llama3Scaling> settledScaling(ConfigFields& top, const RopePlace& older,
                                            const RopePlace& newer)
{
    if (older.scaling == newer.scaling)
        return older.scaling;
    if (newer.scaling)
        top.refuse("\"{}\" ({}) and \"{}\" ({}) contradict each other; leave one out", older.name,
                   scalingName(older), newer.name, scalingName(newer));
    else
        top.notes.push_back(fmt::format("Rotary frequencies are scaled as \"{}\" in config.json "
                                        "says ({}), as transformers does; "
                                        "\"{}\" beside it says \"default\".",
                                        older.name, scalingName(older), newer.name));
    return older.scaling;
}

void settleTheta(ConfigFields& top, const std::vector<RopePlace>& places, LlmConfig& config)
{
    config.ropeTheta = top.positive("rope_theta", 1e4);
    std::string from = top.find("rope_theta") ? "rope_theta" : "";
    // Beside a "rope_scaling" transformers reads nothing of "rope_parameters".
    if (from.empty() && places.size() == 2 && !places[0].theta &&
        places[1].theta.value_or(config.ropeTheta) != config.ropeTheta)
        top.refuse("\"{0}.rope_theta\" is {1}, but beside \"{2}\" nothing of \"{0}\" counts; write "
                   "\"rope_theta\" at the top",
                   places[1].name, *places[1].theta, places[0].name);
    for (const RopePlace& place : places) {
        if (!place.theta)
            continue;
        if (!from.empty() && *place.theta != config.ropeTheta)
            top.refuse("\"{}\" is {}, but \"{}.rope_theta\" is {}; leave one out", from,
                       config.ropeTheta, place.name, *place.theta);
        config.ropeTheta = *place.theta;
        from = fmt::format("{}.rope_theta", place.name);
    }
}

} // namespace

void readRope(ConfigFields& top, LlmConfig& config)
{
    std::vector<RopePlace> places;
    for (const char* name : {"rope_scaling", "rope_parameters"})
        if (const auto place = readPlace(top, name))
            places.push_back(*place);
    settleTheta(top, places, config);
    if (!places.empty())
        config.ropeScaling =
            places.size() == 2 ? settledScaling(top, places[0], places[1]) : places[0].scaling;
    if (!config.ropeScaling && top.find(kOriginalContext))
        top.notes.push_back(
            fmt::format("\"{}\" in config.json has no effect: rotary frequencies are not scaled.",
                        kOriginalContext));
    if (top.positive("partial_rotary_factor", 1.0) != 1.0)
        top.refuse("rotary embedding of a part of each head is not supported");
}

} // namespace vitrine::model
