#include "core/model/vision/vision_config.h"

#include "core/model/vision/vision_reader.h"

#include <algorithm>
#include <array>
#include <fmt/ranges.h>

namespace vitrine::model
{
namespace
{

constexpr std::int64_t kMostWidth = 1 << 16, kMostDepth = 1000, kMostClasses = 1 << 20;

// Read here, or of no matter for a pass: what training alone looks at, what follows from the shapes
// of tensors, what only other outputs than logits need.
constexpr std::string_view kKnownKeys =
    " _attn_implementation _name_or_path act act_layer add_fpn always_partition ape "
    "apply_layernorm architecture architectures attention attention_dropout attention_linears "
    "attention_probs_dropout_prob attn_drop_rate attn_eps block_fn bn_eps class_token "
    "code_threshold crop_border_pixels crop_mode crop_pct custom_load depth depth_list depths dim "
    "distilled_head_in_eval drop_path_rate drop_rate dropout dtype dynamic_img_pad "
    "dynamic_img_size embed_dim embed_dims embed_layer encoder_stride expand_ratio "
    "expert_latencies "
    "family fc_norm final_norm finetuning_task first_conv fixed_input_size global_pool "
    "head_dim head_ln_eps head_width_list head_widths hidden_act hidden_dropout_prob "
    "hidden_size hidden_sizes id2label image_size img_size in_chans init_values "
    "initializer_range input_size intermediate_size interpolation label2id "
    "label_descriptions label_names layer_norm_eps layerscale_value linear "
    "linear_attention lite_mla_eps litemla_eps ln_eps lowest_exponent ls_init_value mean mlp_layer "
    "mlp_linears "
    "mlp_ratio mlp_ratios model_args model_type n_classes no_embed_class norm_eps "
    "norm_layer num_attention_heads num_channels num_classes num_encoder_blocks "
    "num_features num_heads num_hidden_layers num_labels num_layers num_params "
    "num_prefix_tokens num_register_tokens out_features out_indices padding "
    "patch_drop_rate patch_norm patch_size patch_sizes path_norm pool_size pooler_act "
    "pooler_output_size pos_drop_rate pos_embed pre_norm pretrained_cfg problem_type "
    "proj_bias proj_drop_rate qk_norm qkv_bias reg_tokens reshape_hidden_states "
    "softmax_blocks sr_ratios stage_names std strict_img_size strides timm torch_dtype "
    "transformers_version use_absolute_embeddings use_mask_token use_swiglu_ffn "
    "weight_init width_list widths window_size ";

// Of timm's "pretrained_cfg": the same, and where a file came from.
constexpr std::string_view kPretrainedKeys =
    " architecture classifier crop_mode crop_pct custom_load description file first_conv "
    "fixed_input_size hf_hub_filename hf_hub_id input_size interpolation "
    "label_descriptions label_names label_offset license mean min_input_size notes "
    "num_classes origin_url output_fmt paper_ids paper_name pool_size source state_dict "
    "std tag test_crop_pct test_input_size test_interpolation test_pool_size url ";

// Keys with the only value that a pass here does justice to, as JSON; empty: none but null.
struct OnlyValue {
    const char *key, *value, *what;
};
constexpr std::array kOnlyValues = {
    OnlyValue{"use_swiglu_ffn", "false", "an MLP with a SwiGLU gate"},
    OnlyValue{"use_absolute_embeddings", "false", "a Swin with absolute positions"},
    OnlyValue{"ape", "false", "a Swin with absolute positions"},
    OnlyValue{"patch_norm", "true", "patches without a normalisation"},
    OnlyValue{"qk_norm", "false", "a normalisation of queries and keys"},
    OnlyValue{"pre_norm", "false", "a normalisation before the first block"},
    OnlyValue{"fc_norm", "false", "a normalisation behind the pooling"},
    OnlyValue{"final_norm", "true", "a network without its last normalisation"},
    OnlyValue{"class_token", "true", "a network without a class token"},
    OnlyValue{"proj_bias", "true", "a projection without a bias"},
    OnlyValue{"linear", "false", "PVTv2's linear attention"},
    OnlyValue{"linear_attention", "false", "PVTv2's linear attention"},
    OnlyValue{"dynamic_img_pad", "false", "filling a picture up to whole patches"},
    OnlyValue{"norm_layer", "\"layernorm\"", "another normalisation"},
    OnlyValue{"pos_embed", "\"learn\"", "another position embedding"},
    OnlyValue{"mlp_layer", "", "another MLP"},
    OnlyValue{"block_fn", "", "another block"},
    OnlyValue{"embed_layer", "", "another embedding of patches"},
    OnlyValue{"crop_border_pixels", "0", "cutting a border off"},
    OnlyValue{"label_offset", "0", "classes that do not begin with the first"},
};

struct ModelType {
    std::string_view name;
    double epsilon;
};
constexpr std::array kModelTypes = {
    ModelType{"vit", 1e-12},
    ModelType{"deit", 1e-12},
    ModelType{"vit_msn", 1e-6},
    ModelType{"dinov2", 1e-6},
    ModelType{"dinov2_with_registers", 1e-6},
    ModelType{"swin", 1e-5},
    ModelType{"pvt_v2", 1e-6},
};

template <typename T>
void takeSaid(std::optional<T>& to, std::optional<T> from)
{
    if (from)
        to = std::move(from);
}

void readAttention(ConfigFields& fields, VisionConfig& config)
{
    config.attention = fields.text("attention", config.attention);
    if (fields.text("family") == "shiftaddvit")
        return; // shift_add_config.cpp knows its words
    if (!config.attention.empty() && config.attention != "softmax" && config.attention != "taylor")
        fields.refuse("\"attention\" is \"{}\"; \"softmax\" and \"taylor\" are supported",
                      printable(config.attention));
}

void readTexts(VisionReader& reader, VisionConfig& config)
{
    ConfigFields& fields = reader.fields;
    config.architecture = fields.text("architecture", config.architecture);
    for (const char* key : {"hidden_act", "act_layer", "act"})
        config.activation = fields.text(key, config.activation);
    config.family = fields.text("family", config.family);
    config.pooling = fields.text("global_pool", config.pooling);
    if (fields.find("global_pool") && config.pooling.empty())
        fields.refuse("\"global_pool\" is \"\": logits without pooling are not supported");
    readAttention(fields, config);
}

// Sizes and switches; what stands there already stays where this object does not say it.
void readSizes(VisionReader& reader, VisionConfig& config)
{
    takeSaid(config.side, reader.side("image_size"));
    takeSaid(config.side, reader.side("img_size"));
    takeSaid(config.channels, reader.size({"num_channels", "in_chans"}, 4));
    takeSaid(config.classes, reader.size({"num_classes", "n_classes", "num_labels"}, kMostClasses));
    takeSaid(config.patch, reader.side("patch_size"));
    takeSaid(config.width, reader.size({"embed_dim", "hidden_size"}, kMostWidth));
    takeSaid(config.depth, reader.size({"num_hidden_layers", "depth"}, kMostDepth));
    takeSaid(config.mlp, reader.size({"intermediate_size"}, 16 * kMostWidth));
    takeSaid(config.window, reader.side("window_size"));
    takeSaid(config.registers, reader.size({"num_register_tokens", "reg_tokens"}, 1024));
    takeSaid(config.qkvBias, reader.flag("qkv_bias"));
    takeSaid(config.hasUnplacedTokens, reader.flag("no_embed_class"));
    takeSaid(config.epsilon,
             reader.same({"layer_norm_eps", "norm_eps", "bn_eps", "ln_eps", "head_ln_eps"}));
    takeSaid(config.divisorEpsilon, reader.same({"litemla_eps", "lite_mla_eps", "attn_eps"}));
    const auto takeList = [&](std::vector<std::int64_t>& to, const char* key, std::int64_t most) {
        if (auto all = reader.list(key, most); !all.empty())
            to = std::move(all);
    };
    takeList(config.heads, "num_attention_heads", 1024);
    takeList(config.heads, "num_heads", 1024);
    takeList(config.depths, "depths", kMostDepth);
    takeList(config.depths, "depth_list", kMostDepth);
    takeList(config.strides, "strides", 32);
}

void readSeen(VisionReader& reader, VisionConfig& config)
{
    ConfigFields& fields = reader.fields;
    if (auto mean = reader.reals("mean"); !mean.empty())
        config.mean = std::move(mean);
    if (auto deviation = reader.reals("std"); !deviation.empty())
        config.deviation = std::move(deviation);
    if (fields.find("crop_pct"))
        config.crop = fields.positive("crop_pct", {});
    if (const std::string filter = fields.text("interpolation"); !filter.empty()) {
        config.resampling = parseResampling(filter);
        if (!config.resampling)
            fields.refuse("\"interpolation\" is \"{}\"; \"bicubic\", \"bilinear\", \"nearest\", "
                          "\"lanczos\", \"box\" and \"hamming\" are supported",
                          printable(filter));
    }
    if (const std::string mode = fields.text("crop_mode"); !mode.empty()) {
        if (mode != "center" && mode != "squash")
            fields.refuse("\"crop_mode\" is \"{}\"; \"center\" and \"squash\" are supported",
                          printable(mode));
        config.squashed = mode == "squash";
    }
    if (const std::string padding = fields.text("padding"); !padding.empty()) {
        if (!padding.starts_with("zeros before normalisation"))
            fields.refuse("\"padding\" is \"{}\"; \"zeros before normalisation, equal on all "
                          "sides, to img_size\" is supported",
                          printable(padding));
        config.padded = true;
    }
    if (const auto input = reader.list("input_size", kMostPictureSide); !input.empty()) {
        if (input.size() != 3 || input[1] != input[2])
            fields.refuse("\"input_size\" is to be channels and two equal sides");
        else if (config.side && *config.side != input[1])
            fields.refuse("\"input_size\" says pictures of {}, \"img_size\" of {}", input[1],
                          *config.side);
        else
            config.channels = input[0], config.side = input[1];
    }
}

void readLabels(VisionReader& reader, VisionConfig& config)
{
    ConfigFields& fields = reader.fields;
    if (const Json* names = fields.find("label_names"); names && names->is_array()) {
        config.labels.clear();
        for (const Json& name : *names)
            config.labels.push_back(name.is_string() ? name.get<std::string>() : std::string());
        return;
    }
    const Json* labels = fields.find("id2label");
    if (!labels || !labels->is_object())
        return;
    config.labels.assign(labels->size(), {});
    for (const auto& [id, name] : labels->items()) {
        const auto place = static_cast<std::size_t>(std::strtoull(id.c_str(), nullptr, 10));
        if (place >= config.labels.size() || fmt::to_string(place) != id || !name.is_string())
            fields.refuse("\"id2label\" is to name the classes 0 to {}; it has \"{}\"",
                          config.labels.size() - 1, printable(id));
        else
            config.labels[place] = name.get<std::string>();
    }
}

void refuseUnsupported(VisionReader& reader)
{
    for (const OnlyValue& only : kOnlyValues) {
        const Json* value = reader.fields.find(only.key);
        if (value && value->dump() != only.value)
            reader.fields.refuse("\"{}\" is {}: {} is not supported", only.key,
                                 ConfigFields::shown(*value), only.what);
    }
}

Result<void> readModelType(VisionReader& reader, VisionConfig& config)
{
    std::string type = reader.fields.text("model_type");
    config.isTimm = reader.fields.find("pretrained_cfg") != nullptr || type == "timm_wrapper";
    if (type.empty() || type == "timm_wrapper")
        return {};
    std::vector<std::string_view> names;
    for (const ModelType& known : kModelTypes)
        names.push_back(known.name);
    if (!defaultEpsilon(type))
        return inputError("\"model_type\" is \"{}\", which is not known here as a vision "
                          "transformer; {} are",
                          printable(type), fmt::join(names, ", "));
    config.modelType = std::move(type);
    config.architecture = config.modelType;
    return {};
}

// One object of the configuration: the whole, or one in it.
Result<void> readObject(const Json& json, std::string where, std::string_view known,
                        VisionConfig& config, std::vector<std::string>& unknown)
{
    VisionReader reader(json, std::move(where));
    readTexts(reader, config);
    readSizes(reader, config);
    readSeen(reader, config);
    readLabels(reader, config);
    readShiftAdd(reader, config.shiftAdd);
    refuseUnsupported(reader);
    for (const std::string& key : reader.unknown(known))
        unknown.push_back(reader.quoted(key));
    if (!reader.fields.problem.empty())
        return inputError("{}", reader.fields.problem);
    return {};
}

Result<VisionConfig> readConfig(const Json& json)
{
    VisionConfig config;
    VisionReader reader(json);
    VITRINE_CHECK(readModelType(reader, config));
    std::vector<std::string> unknown;
    VITRINE_CHECK(readObject(json, {}, kKnownKeys, config, unknown));
    // timm keeps what its constructor was given, and what pictures become, in objects of their own.
    if (const Json* given = reader.fields.find("model_args"); given && given->is_object())
        VITRINE_CHECK(readObject(*given, "model_args.", kKnownKeys, config, unknown));
    if (const Json* own = reader.fields.find("pretrained_cfg"); own && own->is_object())
        VITRINE_CHECK(readObject(*own, "pretrained_cfg.", kPretrainedKeys, config, unknown));
    if (!unknown.empty())
        config.notes.push_back(
            fmt::format("Keys of config.json that are not read: {}.", fmt::join(unknown, ", ")));
    return config;
}

} // namespace

std::optional<double> defaultEpsilon(std::string_view modelType)
{
    const auto found = std::ranges::find(kModelTypes, modelType, &ModelType::name);
    return found == kModelTypes.end() ? std::nullopt : std::optional(found->epsilon);
}

Result<VisionConfig> parseVisionConfig(std::string_view text, std::string_view name)
{
    VITRINE_TRY(const Json json, parseObject(text, name));
    if (json.value("format", Json()) == kCodedVisionFormat)
        return inputError("{} is that of a network in codes, which has no numbers to compute with: "
                          "vision.evaluate judges it",
                          name);
    auto config = readConfig(json);
    if (!config)
        return inputError("cannot read {}: {}", name, config.error().message);
    return config;
}

} // namespace vitrine::model
