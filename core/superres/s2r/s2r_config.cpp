#include "core/superres/s2r/s2r_config.h"

#include "core/base/json.h"
#include "core/model/network/config_fields.h"

#include <algorithm>

namespace vitrine::superres
{
namespace
{

using model::ConfigFields;

// Those that are read, and those that say what file it is.
constexpr std::array<std::string_view, 13> kS2rKeys = {
    "architectures",     "model_type", "name", "scale",      "channels", "blocks",
    "windows",           "padding",    "head", "deformable", "mean",     "batch_norm_epsilon",
    "layer_norm_epsilon"};
constexpr std::string_view kStoredType = "torch_dtype";

void refuseUnknownKeys(const Json& json, ConfigFields& fields)
{
    for (const auto& [key, value] : json.items())
        if (std::ranges::find(kS2rKeys, key) == kS2rKeys.end() && key != kStoredType)
            fields.refuse("\"{}\" is not a key of an S2R's config.json", printable(key));
}

// Three numbers under a key.
template <typename Number, typename Check>
std::array<Number, 3> three(ConfigFields& fields, const char* key, const char* expected,
                            Check&& check)
{
    std::array<Number, 3> numbers{};
    const Json* list = fields.find(key);
    const bool isList = list && list->is_array() && list->size() == 3;
    for (std::size_t i = 0; i < 3; ++i) {
        if (!isList || !(*list)[i].is_number() || !check((*list)[i])) {
            fields.refuse("\"{}\" is to be {}", key, expected);
            return numbers;
        }
        numbers[i] = (*list)[i].get<Number>();
    }
    return numbers;
}

bool isWindow(const Json& side)
{
    static constexpr std::array kSides = {4.0, 8.0, 16.0, 32.0};
    return side.is_number_integer() &&
           std::ranges::find(kSides, side.get<double>()) != kSides.end();
}

bool writtenFlag(ConfigFields& fields, const char* key)
{
    if (!fields.find(key))
        fields.refuse("\"{}\" is missing", key);
    return fields.flag(key);
}

model::S2rSizes readSizes(ConfigFields& fields)
{
    model::S2rSizes sizes;
    sizes.scale = fields.integer("scale", 2, 4, {});
    sizes.channels = fields.integer("channels", 15, 60, {});
    if (sizes.channels % 15 != 0)
        fields.refuse("\"channels\" is {}, a multiple of 15 is expected", sizes.channels);
    sizes.blocks = fields.integer("blocks", 1, 64, {});
    sizes.windows =
        three<std::int64_t>(fields, "windows", "three sides of 4, 8, 16 or 32 pixels", isWindow);
    if (fields.problem.empty() &&
        fields.integer("padding", 1, 64, sizes.largestWindow()) != sizes.largestWindow())
        fields.refuse("\"padding\" is another number than the largest window, {}",
                      sizes.largestWindow());
    sizes.head = writtenFlag(fields, "head");
    sizes.deformable = writtenFlag(fields, "deformable");
    sizes.batchNormEpsilon = static_cast<float>(fields.positive("batch_norm_epsilon", {}));
    sizes.layerNormEpsilon = static_cast<float>(fields.positive("layer_norm_epsilon", {}));
    return sizes;
}

} // namespace

Result<S2rConfig> parseS2rConfig(std::string_view text, std::string_view place)
{
    VITRINE_TRY(const Json json, parseJson(text, place));
    if (!json.is_object())
        return inputError("{} holds no object", place);
    ConfigFields fields(json);
    if (fields.text("model_type") != "s2r")
        fields.refuse("\"model_type\" is \"{}\"; \"s2r\" is supported",
                      printable(fields.text("model_type")));
    refuseUnknownKeys(json, fields);
    S2rConfig config;
    config.name = fields.text("name");
    config.sizes = readSizes(fields);
    config.mean = three<float>(fields, "mean", "three numbers from 0 to 1", [](const Json& value) {
        return value.get<double>() >= 0 && value.get<double>() <= 1;
    });
    if (!fields.problem.empty())
        return inputError("{}: {}", place, fields.problem);
    return config;
}

} // namespace vitrine::superres
