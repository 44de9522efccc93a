#include "core/model/network/llm_config.h"

#include "core/base/json.h"
#include "core/base/near_name.h"
#include "core/model/network/config_fields.h"
#include "core/model/network/config_keys.h"
#include "core/model/network/config_rope.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <array>

namespace vitrine::model
{
namespace
{

constexpr std::int64_t kWidthLimit = 1 << 20; // hidden, mlp, heads * head size
constexpr std::int64_t kContextLimit = 1 << 30;
constexpr JsonLimits kJsonLimits{.depth = 16, .values = 100'000};

// The family, or why this file is none of ours.
Result<Family> familyOf(const Json& json)
{
    const auto found = json.find("model_type");
    if (found == json.end() || !found->is_string())
        return inputError("it names no \"model_type\"; llama and mistral can be opened");
    const auto name = found->get<std::string>();
    if (name == "llama")
        return Family::llama;
    if (name == "mistral")
        return Family::mistral;
    return inputError("models of type \"{}\" cannot be opened; llama and mistral can",
                      printable(name));
}

// Classes of transformers that end in a language head; the others of a family do not. Names that
// are not theirs are taken for one with a head.
void readArchitectures(ConfigFields& top, LlmConfig& config)
{
    static constexpr std::array<std::string_view, 2> kPrefixes{"Llama", "Mistral"};
    static constexpr std::array<std::string_view, 4> kHeadless{
        "Model", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering"};
    const bool mistral = config.family == Family::mistral;
    const std::string_view own = kPrefixes[mistral], other = kPrefixes[!mistral];
    const Json* names = top.find("architectures");
    if (!names)
        return;
    if (!names->is_array() || !std::ranges::all_of(*names, &Json::is_string)) {
        top.refuse("\"architectures\" is {}, a list of names is expected",
                   ConfigFields::shown(*names));
        return;
    }
    bool headless = false, withHead = false;
    for (const Json& item : *names) {
        const auto name = item.get<std::string>();
        const auto isOf = [&](std::string_view prefix) {
            return name == std::string(prefix) + "ForCausalLM" ||
                   std::ranges::any_of(kHeadless, [&](std::string_view end) {
                       return name == std::string(prefix) + std::string(end);
                   });
        };
        const bool ours = isOf(own), hasHead = name == std::string(own) + "ForCausalLM";
        headless = headless || (ours && !hasHead);
        withHead = withHead || hasHead;
        if (isOf(other))
            top.refuse("\"model_type\" and \"architectures\" (\"{}\") name different families",
                       printable(name));
        else if (!ours)
            top.notes.push_back(fmt::format(
                "The architecture \"{}\" is not known here: it is taken for {}ForCausalLM.",
                printable(name), own));
    }
    config.languageHead = withHead || !headless;
}

std::vector<std::int64_t> readEos(ConfigFields& top, const Json& written, std::int64_t vocabulary)
{
    std::vector<std::int64_t> eos;
    const bool list = written.is_array();
    if (list && written.size() > 64) {
        top.refuse("\"eos_token_id\" lists {} tokens, at most 64 are expected", written.size());
        return eos;
    }
    for (const Json& item : list ? written : Json::array({written})) {
        const Json holder{{"eos_token_id", item}};
        ConfigFields one(holder);
        eos.push_back(one.integer("eos_token_id", -1, std::int64_t{1} << 31, {}));
        if (top.problem.empty())
            top.problem = one.problem;
    }
    std::erase_if(eos, [&](std::int64_t id) { return id < 0 || id >= vocabulary; });
    return eos;
}

void readDtype(ConfigFields& top, LlmConfig& config)
{
    const std::string newer = top.text("dtype"), older = top.text("torch_dtype");
    if (!newer.empty() && !older.empty() && newer != older)
        top.notes.push_back(fmt::format("\"dtype\" ({}) and \"torch_dtype\" ({}) in config.json "
                                        "differ; only the types that the "
                                        "tensors are stored in count.",
                                        printable(newer), printable(older)));
    config.dtype = printable(newer.empty() ? older : newer);
}

void readLayerTypes(ConfigFields& top, const LlmConfig& config)
{
    const Json* types = top.find("layer_types");
    if (!types)
        return;
    const char* expected = config.slidingWindow > 0 ? "sliding_attention" : "full_attention";
    if (!types->is_array()) {
        top.refuse("\"layer_types\" is {}, a list is expected", ConfigFields::shown(*types));
        return;
    }
    if (static_cast<std::int64_t>(types->size()) != config.layers)
        top.refuse("\"layer_types\" lists {} layers, \"num_hidden_layers\" is {}", types->size(),
                   config.layers);
    for (const Json& type : *types)
        if (type != expected)
            top.refuse("a layer of type {} is not supported here, \"{}\" is",
                       ConfigFields::shown(type), expected);
}

// Matrices as binary codes, which are opened as they are (core/model/checkpoint/packed_codes.h).
bool isOfOurs(const Json& quantized)
{
    return quantized.is_object() && quantized.contains("quant_method") &&
           quantized["quant_method"] == kCodesMethod;
}

void refuseOtherKeysOfOurs(ConfigFields& top, const Json& quantized)
{
    // All but the first say for people how the codes were made.
    static constexpr std::array<std::string_view, 4> kKnown = {"quant_method", "quantizer",
                                                               "layout", "group"};
    for (const auto& [key, value] : quantized.items())
        if (std::ranges::find(kKnown, key) == kKnown.end())
            top.refuse("\"quantization_config\" has an unknown key \"{}\"; {}", printable(key),
                       nameAdvice(key, kKnown));
}

void refuseOtherArithmetic(ConfigFields& top)
{
    const std::string activation = top.text("hidden_act", "silu");
    if (activation != "silu" && activation != "swish")
        top.refuse("activation \"{}\" is not supported; \"silu\" is", printable(activation));
    for (const char* key : {"quantization_config", "quantization", "compression_config"})
        if (const Json* quantized = top.find(key); quantized && isOfOurs(*quantized))
            refuseOtherKeysOfOurs(top, *quantized);
        else if (quantized)
            top.refuse("its weights are quantized ({}); convert it to F32, F16 or BF16 first",
                       quantized->is_object() && quantized->contains("quant_method")
                           ? ConfigFields::shown((*quantized)["quant_method"])
                           : key);
}

// What changes the mask or the layers, and is written only where it does.
void refuseOtherLayers(ConfigFields& top, const Json& json)
{
    if (json.contains("is_causal") && json["is_causal"] != true)
        top.refuse("\"is_causal\" is {}: models whose tokens see later ones are not supported",
                   ConfigFields::shown(json["is_causal"]));
    for (const char* key : {"use_bidirectional_attention", "is_encoder_decoder",
                            "add_cross_attention", "pruned_heads", "per_layer_config"})
        if (const Json* value = top.find(key);
            value && *value != false && !(value->is_structured() && value->empty()))
            top.refuse("\"{}\" is {}, which is not supported", key, ConfigFields::shown(*value));
}

} // namespace

Result<ConfigFile> readConfigFile(const Json& json)
{
    if (!json.is_object())
        return inputError("it is not a JSON object");
    LlmConfig config;
    VITRINE_TRY(config.family, familyOf(json));
    const bool mistral = config.family == Family::mistral;

    ConfigFields top(json);
    config.hidden = top.integer("hidden_size", 1, kWidthLimit, {});
    config.layers = top.integer("num_hidden_layers", 1, 512, {});
    config.heads = top.integer("num_attention_heads", 1, 4096, {});
    config.kvHeads = top.integer("num_key_value_heads", 1, 4096,
                                 mistral && !top.written("num_key_value_heads") ? 8 : config.heads);
    config.mlp = top.integer("intermediate_size", 1, kWidthLimit, {});
    config.vocabulary = top.integer("vocab_size", 1, 1'000'000, {});
    config.context =
        top.integer("max_position_embeddings", 1, kContextLimit, mistral ? 131072 : 2048);
    config.normEpsilon = top.positive("rms_norm_eps", 1e-6);
    if (mistral)
        config.slidingWindow = top.integer("sliding_window", 1, kContextLimit,
                                           top.written("sliding_window") ? 0 : 4096);
    config.tiedEmbeddings = top.flag("tie_word_embeddings");
    config.attentionBias = !mistral && top.flag("attention_bias");
    config.mlpBias = !mistral && top.flag("mlp_bias");
    config.bos = top.integer("bos_token_id", -1, std::int64_t{1} << 31,
                             top.written("bos_token_id") ? -1 : 1);
    if (config.bos >= config.vocabulary)
        config.bos = -1; // tiny models keep the defaults of large ones
    if (!top.written("eos_token_id"))
        config.eos = {2};
    else if (const Json* eos = top.find("eos_token_id"))
        config.eos = readEos(top, *eos, config.vocabulary);
    readArchitectures(top, config);
    readDtype(top, config);
    readRope(top, config);
    readLayerTypes(top, config);
    refuseOtherArithmetic(top);
    refuseOtherLayers(top, json);

    if (top.problem.empty() && !top.find("head_dim") && config.hidden % config.heads != 0)
        top.refuse("\"hidden_size\" {} is not a multiple of \"num_attention_heads\" {}, and there "
                   "is no \"head_dim\"",
                   config.hidden, config.heads);
    config.headSize =
        top.integer("head_dim", 2, 8192, std::max<std::int64_t>(config.hidden / config.heads, 1));
    if (config.headSize % 2 != 0)
        top.refuse("heads of {} numbers cannot be rotated: an even size is needed",
                   config.headSize);
    if (config.heads * config.headSize > kWidthLimit)
        top.refuse("{} heads of {} numbers are too many: at most {} numbers in all", config.heads,
                   config.headSize, kWidthLimit);
    if (config.heads % config.kvHeads != 0)
        top.refuse("\"num_key_value_heads\" {} does not divide \"num_attention_heads\" {}",
                   config.kvHeads, config.heads);
    if (!top.problem.empty())
        return inputError("{}", top.problem);
    std::ranges::move(keyNotes(json, config.family), std::back_inserter(top.notes));
    return ConfigFile{std::move(config), std::move(top.notes)};
}

Result<ConfigFile> readConfigFile(std::string_view text, std::string_view name)
{
    VITRINE_TRY(const Json json, parseJson(text, name, kJsonLimits));
    auto file = readConfigFile(json);
    if (!file)
        return inputError("cannot read {}: {}", printableName(name), file.error().message);
    return file;
}

Result<LlmConfig> parseLlmConfig(const Json& json)
{
    VITRINE_TRY(ConfigFile file, readConfigFile(json));
    return std::move(file.config);
}

Result<LlmConfig> parseLlmConfig(std::string_view text, std::string_view name)
{
    VITRINE_TRY(ConfigFile file, readConfigFile(text, name));
    return std::move(file.config);
}

Result<std::optional<std::vector<std::int64_t>>>
parseGenerationEos(std::string_view text, std::string_view name, std::int64_t vocabulary)
{
    VITRINE_TRY(const Json json, parseJson(text, name, kJsonLimits));
    if (!json.is_object())
        return inputError("cannot read {}: it is not a JSON object", printableName(name));
    ConfigFields top(json);
    const Json* written = top.find("eos_token_id");
    if (!written)
        return std::nullopt;
    auto eos = readEos(top, *written, vocabulary);
    if (!top.problem.empty())
        return inputError("cannot read {}: {}", printableName(name), top.problem);
    return eos;
}

Json configJson(const LlmConfig& config)
{
    const bool mistral = config.family == Family::mistral;
    Json json{{"architectures", Json::array({std::string(mistral ? "Mistral" : "Llama") +
                                             (config.languageHead ? "ForCausalLM" : "Model")})},
              {"model_type", mistral ? "mistral" : "llama"},
              {"hidden_size", config.hidden},
              {"num_hidden_layers", config.layers},
              {"num_attention_heads", config.heads},
              {"num_key_value_heads", config.kvHeads},
              {"head_dim", config.headSize},
              {"intermediate_size", config.mlp},
              {"hidden_act", "silu"},
              {"vocab_size", config.vocabulary},
              {"max_position_embeddings", config.context},
              {"rms_norm_eps", config.normEpsilon},
              {"rope_theta", config.ropeTheta},
              {"rope_scaling", nullptr},
              {"tie_word_embeddings", config.tiedEmbeddings},
              {"bos_token_id", config.bos >= 0 ? Json(config.bos) : Json(nullptr)},
              {"eos_token_id", config.eos.empty()       ? Json(nullptr)
                               : config.eos.size() == 1 ? Json(config.eos[0])
                                                        : Json(config.eos)}};
    if (const auto& scaling = config.ropeScaling)
        json["rope_scaling"] = {{"rope_type", "llama3"},
                                {"factor", scaling->factor},
                                {"low_freq_factor", scaling->lowFrequencyFactor},
                                {"high_freq_factor", scaling->highFrequencyFactor},
                                {"original_max_position_embeddings", scaling->originalContext}};
    if (mistral) {
        json["sliding_window"] =
            config.slidingWindow > 0 ? Json(config.slidingWindow) : Json(nullptr);
    } else {
        json["attention_bias"] = config.attentionBias;
        json["mlp_bias"] = config.mlpBias;
    }
    if (!config.dtype.empty())
        json["torch_dtype"] = config.dtype;
    return json;
}

} // namespace vitrine::model
