#include "core/model/vision/vision_config.h"

#include "core/model/network/config_fields.h"

#include <algorithm>
#include <array>
#include <fmt/ranges.h>

namespace vitrine::model
{
namespace
{

constexpr std::int64_t kMostPictureSide = 4096, kMostWidth = 1 << 16, kMostDepth = 1000,
                       kMostClasses = 1 << 20;

// Read by parseVisionConfig, or of no matter for a pass.
constexpr std::array kKnownKeys = {"_attn_implementation",
                                   "_name_or_path",
                                   "act",
                                   "act_layer",
                                   "add_fpn",
                                   "apply_layernorm",
                                   "architecture",
                                   "architectures",
                                   "attention_probs_dropout_prob",
                                   "attn_eps",
                                   "bn_eps",
                                   "crop_mode",
                                   "crop_pct",
                                   "custom_load",
                                   "depth",
                                   "depth_list",
                                   "depths",
                                   "dim",
                                   "distilled_head_in_eval",
                                   "drop_path_rate",
                                   "dtype",
                                   "embed_dim",
                                   "encoder_stride",
                                   "expand_ratio",
                                   "family",
                                   "first_conv",
                                   "fixed_input_size",
                                   "global_pool",
                                   "head_dim",
                                   "head_width_list",
                                   "head_widths",
                                   "hidden_act",
                                   "hidden_dropout_prob",
                                   "hidden_size",
                                   "hidden_sizes",
                                   "id2label",
                                   "image_size",
                                   "img_size",
                                   "in_chans",
                                   "initializer_range",
                                   "input_size",
                                   "intermediate_size",
                                   "interpolation",
                                   "label2id",
                                   "label_descriptions",
                                   "label_names",
                                   "layer_norm_eps",
                                   "layerscale_value",
                                   "litemla_eps",
                                   "ln_eps",
                                   "mean",
                                   "mlp_ratio",
                                   "mlp_ratios",
                                   "model_type",
                                   "n_classes",
                                   "norm_eps",
                                   "num_attention_heads",
                                   "num_channels",
                                   "num_classes",
                                   "num_encoder_blocks",
                                   "num_features",
                                   "num_heads",
                                   "num_hidden_layers",
                                   "num_labels",
                                   "num_layers",
                                   "num_prefix_tokens",
                                   "num_register_tokens",
                                   "out_features",
                                   "out_indices",
                                   "padding",
                                   "patch_size",
                                   "patch_sizes",
                                   "path_norm",
                                   "pool_size",
                                   "pooler_act",
                                   "pooler_output_size",
                                   "pretrained_cfg",
                                   "problem_type",
                                   "qkv_bias",
                                   "reshape_hidden_states",
                                   "sr_ratios",
                                   "stage_names",
                                   "std",
                                   "strides",
                                   "timm",
                                   "torch_dtype",
                                   "transformers_version",
                                   "use_absolute_embeddings",
                                   "use_mask_token",
                                   "use_swiglu_ffn",
                                   "width_list",
                                   "widths",
                                   "window_size"};

// Readers of one object, whose first problem is kept in `fields`.
class VisionReader
{
public:
    VisionReader(const Json& json, VisionConfig& config)
        : json_(json), fields(json), config_(config)
    {
    }

    std::optional<std::int64_t> size(std::initializer_list<const char*> keys, std::int64_t most)
    {
        for (const char* key : keys)
            if (const Json* value = fields.find(key); value && value->is_number())
                return fields.integer(key, 0, most, {});
        return {};
    }

    // A side is one number, or two equal ones.
    std::optional<std::int64_t> side(const char* key)
    {
        const Json* value = fields.find(key);
        if (!value || !value->is_array())
            return size({key}, kMostPictureSide);
        const std::vector<std::int64_t> both = list(key, kMostPictureSide);
        if (both.size() != 2 || both[0] != both[1]) {
            fields.refuse("\"{}\" is to be one number or two equal ones; pictures that are not "
                          "square are not supported",
                          key);
            return {};
        }
        return both[0];
    }

    std::vector<std::int64_t> list(const char* key, std::int64_t most)
    {
        std::vector<std::int64_t> all;
        const Json* value = fields.find(key);
        if (!value || !value->is_array())
            return all;
        for (const Json& each : *value) {
            if (!each.is_number_integer() || each.get<std::int64_t>() < 0 ||
                each.get<std::int64_t>() > most || all.size() > 16) {
                fields.refuse("\"{}\" is to be a few whole numbers up to {}", key, most);
                return {};
            }
            all.push_back(each.get<std::int64_t>());
        }
        return all;
    }

    std::vector<double> reals(const char* key)
    {
        std::vector<double> all;
        const Json* value = fields.find(key);
        if (!value || !value->is_array())
            return all;
        for (const Json& each : *value) {
            const double number = each.is_number() ? each.get<double>() : -1;
            if (!(number >= 0 && number < 1000) || all.size() > 4) {
                fields.refuse("\"{}\" is to be a few numbers from 0 on", key);
                return {};
            }
            all.push_back(number);
        }
        return all;
    }

    void readSizes();
    void readPreprocessing();
    void readLabels();
    void refuseUnsupported();
    void noteUnknown();

private:
    const Json& json_;

public:
    ConfigFields fields;

private:
    VisionConfig& config_;
};

void VisionReader::readSizes()
{
    config_.side = side("image_size") ? side("image_size") : side("img_size");
    config_.channels = size({"num_channels", "in_chans"}, 4);
    config_.classes = size({"num_classes", "n_classes", "num_labels"}, kMostClasses);
    config_.patch = side("patch_size");
    config_.width = size({"hidden_size", "embed_dim"}, kMostWidth);
    config_.depth = size({"num_hidden_layers", "depth"}, kMostDepth);
    config_.mlp = size({"intermediate_size"}, 16 * kMostWidth);
    config_.window = size({"window_size"}, 64);
    for (const char* key : {"num_attention_heads", "num_heads"}) {
        if (const auto one = size({key}, 1024))
            config_.heads = {*one};
        else if (auto all = list(key, 1024); !all.empty())
            config_.heads = std::move(all);
    }
    config_.strides = list("strides", 32);
    for (const char* key : {"layer_norm_eps", "norm_eps", "bn_eps"})
        if (fields.find(key))
            config_.epsilon = fields.positive(key, {});
    for (const char* key : {"litemla_eps", "attn_eps"})
        if (fields.find(key))
            config_.divisorEpsilon = fields.positive(key, {});
    config_.activation = fields.text("hidden_act", fields.text("act_layer", fields.text("act")));
}

void VisionReader::readPreprocessing()
{
    config_.mean = reals("mean");
    config_.deviation = reals("std");
    if (fields.find("crop_pct"))
        config_.crop = fields.positive("crop_pct", {});
    config_.interpolation = fields.text("interpolation");
    config_.padded = fields.find("padding") != nullptr;
    if (const auto input = list("input_size", kMostPictureSide); input.size() == 3) {
        if (input[1] != input[2])
            fields.refuse("\"input_size\" is not square, which is not supported");
        config_.channels = input[0];
        config_.side = input[1];
    }
}

void VisionReader::readLabels()
{
    if (const Json* names = fields.find("label_names"); names && names->is_array()) {
        for (const Json& name : *names)
            config_.labels.push_back(name.is_string() ? name.get<std::string>() : std::string());
        return;
    }
    const Json* labels = fields.find("id2label");
    if (!labels || !labels->is_object())
        return;
    config_.labels.resize(labels->size());
    for (const auto& [id, name] : labels->items()) {
        const auto place = static_cast<std::size_t>(std::strtoull(id.c_str(), nullptr, 10));
        if (place < config_.labels.size() && name.is_string())
            config_.labels[place] = name.get<std::string>();
    }
}

void VisionReader::refuseUnsupported()
{
    if (fields.flag("use_swiglu_ffn"))
        fields.refuse("\"use_swiglu_ffn\" is true: an MLP with a SwiGLU gate is not supported");
    if (fields.flag("use_absolute_embeddings"))
        fields.refuse("\"use_absolute_embeddings\" is true, which is not supported for Swin");
    if (const std::string pool = fields.text("global_pool"); pool == "map")
        fields.refuse("\"global_pool\" is \"map\": attention pooling is not supported");
}

void VisionReader::noteUnknown()
{
    std::vector<std::string> unknown;
    for (const auto& [key, value] : json_.items())
        if (std::ranges::find(kKnownKeys, key) == kKnownKeys.end())
            unknown.push_back(fmt::format("\"{}\"", printable(key)));
    if (!unknown.empty())
        config_.notes.push_back(
            fmt::format("Keys of config.json that are not read: {}.", fmt::join(unknown, ", ")));
}

Result<Json> parseObject(std::string_view text, std::string_view name)
{
    VITRINE_TRY(Json json, parseJson(text, std::string(name)));
    if (!json.is_object())
        return inputError("cannot read {}: an object is expected", name);
    return json;
}

} // namespace

Result<VisionConfig> parseVisionConfig(std::string_view text, std::string_view name)
{
    VITRINE_TRY(const Json json, parseObject(text, name));
    VisionConfig config;
    VisionReader reader(json, config);
    config.architecture = reader.fields.text("architecture", reader.fields.text("model_type"));
    reader.readSizes();
    reader.readPreprocessing();
    reader.readLabels();
    reader.refuseUnsupported();
    reader.noteUnknown();
    std::string problem = reader.fields.problem;
    // timm keeps what pictures become in an object of its own.
    if (const Json* own = reader.fields.find("pretrained_cfg"); own && own->is_object()) {
        VisionReader inner(*own, config);
        inner.readPreprocessing();
        if (problem.empty())
            problem = inner.fields.problem;
    }
    if (!problem.empty())
        return inputError("cannot read {}: {}", name, problem);
    return config;
}

Result<void> parsePreprocessorConfig(std::string_view text, std::string_view name,
                                     VisionConfig& config)
{
    VITRINE_TRY(const Json json, parseObject(text, name));
    VisionReader reader(json, config);
    if (auto mean = reader.reals("image_mean"); !mean.empty())
        config.mean = std::move(mean);
    if (auto deviation = reader.reals("image_std"); !deviation.empty())
        config.deviation = std::move(deviation);
    const auto sideOf = [&](const char* key) -> std::optional<std::int64_t> {
        const Json* value = reader.fields.find(key);
        if (!value || !value->is_object())
            return reader.size({key}, kMostPictureSide);
        VisionReader inner(*value, config);
        return inner.size({"shortest_edge", "height"}, kMostPictureSide);
    };
    const auto resized = sideOf("size"), cropped = sideOf("crop_size");
    const bool crops = reader.fields.flag("do_center_crop");
    if (resized && *resized > 0)
        config.crop =
            crops && cropped ? static_cast<double>(*cropped) / static_cast<double>(*resized) : 1.0;
    // PIL's numbers.
    if (const auto filter = reader.size({"resample"}, 5))
        config.interpolation = *filter == 3 ? "bicubic" : *filter == 2 ? "bilinear" : "other";
    if (config.interpolation == "other")
        return inputError("cannot read {}: \"resample\" is neither 2 (bilinear) nor 3 (bicubic)",
                          name);
    if (!reader.fields.problem.empty())
        return inputError("cannot read {}: {}", name, reader.fields.problem);
    return {};
}

} // namespace vitrine::model
