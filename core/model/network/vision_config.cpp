#include "core/model/network/vision_config.h"

#include "core/base/json.h"
#include "core/model/network/vit_network.h"

#include <fmt/format.h>
#include <optional>

namespace vitrine::model
{

namespace
{

// A whole number within limits that keep every product in 64 bits; `fallback` where the file may
// leave it out.
Result<std::int64_t> sizeOf(const Json& json, const char* key, std::int64_t most,
                            std::optional<std::int64_t> fallback = {})
{
    const auto found = json.find(key);
    if (found == json.end() && fallback)
        return *fallback;
    if (found == json.end() || !found->is_number_integer() || found->get<std::int64_t>() < 1 ||
        found->get<std::int64_t>() > most)
        return inputError("cannot read config.json: \"{}\" is to be a whole number of 1 to {}", key,
                          most);
    return found->get<std::int64_t>();
}

} // namespace

bool isVisionConfig(std::string_view configJson)
{
    const auto json = parseJson(configJson, "config.json");
    if (!json || !json->is_object())
        return false;
    const auto type = json->find("model_type");
    return type != json->end() && type->is_string() && (*type == "vit" || *type == "deit");
}

Result<Network> visionNetwork(std::string_view configJson, const std::string& name)
{
    VITRINE_TRY(const Json json, parseJson(configJson, "config.json"));
    VitSizes sizes;
    VITRINE_TRY(sizes.width, sizeOf(json, "hidden_size", 1 << 16));
    VITRINE_TRY(sizes.depth, sizeOf(json, "num_hidden_layers", 1000));
    VITRINE_TRY(sizes.heads, sizeOf(json, "num_attention_heads", 1024));
    VITRINE_TRY(sizes.patch, sizeOf(json, "patch_size", 1024));
    VITRINE_TRY(sizes.side, sizeOf(json, "image_size", 4096));
    VITRINE_TRY(sizes.mlp, sizeOf(json, "intermediate_size", 1 << 20, 4 * sizes.width));
    const auto labels = json.find("id2label");
    VITRINE_TRY(sizes.classes, sizeOf(json, "num_labels", 1 << 20, 1000));
    if (labels != json.end() && labels->is_object() && !labels->empty())
        sizes.classes = static_cast<std::int64_t>(labels->size());
    if (sizes.width % sizes.heads != 0 || sizes.side % sizes.patch != 0)
        return inputError("cannot read config.json: a width of {} with {} heads and pictures of {} "
                          "in patches of {} are no ViT",
                          sizes.width, sizes.heads, sizes.side, sizes.patch);
    Network network = vitNetwork(sizes);
    network.name = name;
    network.title = fmt::format("{}, {} x {}", name, sizes.side, sizes.side);
    return network;
}

} // namespace vitrine::model
