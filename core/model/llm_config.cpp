#include "core/model/llm_config.h"

#include "core/base/json.h"
#include "core/tensor/printable.h"

#include <cmath>

namespace vitrine::model
{
namespace
{

constexpr std::int64_t kWidthLimit = 1 << 20; // hidden, mlp, heads * head size
constexpr std::int64_t kContextLimit = 1 << 30;

// The keys of one object, read with their types checked. The first problem is kept; later values do
// not matter then.
class Fields
{
public:
    explicit Fields(const Json& object, std::string where = {})
        : object_(object), where_(std::move(where))
    {
    }

    // nullptr where the key is absent or null.
    const Json* find(const char* key) const
    {
        const auto found = object_.find(key);
        return found == object_.end() || found->is_null() ? nullptr : &*found;
    }
    bool written(const char* key) const { return object_.contains(key); }

    std::int64_t integer(const char* key, std::int64_t low, std::int64_t high,
                         std::optional<std::int64_t> otherwise)
    {
        const Json* value = find(key);
        if (!value && otherwise)
            return *otherwise;
        if (!value)
            return refuse("\"{}{}\" is missing", where_, key);
        if (!value->is_number_integer() || outside(*value, low, high))
            return refuse("\"{}{}\" is {}, a whole number from {} to {} is expected", where_, key,
                          shown(*value), low, high);
        return value->get<std::int64_t>();
    }
    double positive(const char* key, std::optional<double> otherwise)
    {
        const Json* value = find(key);
        if (!value && otherwise)
            return *otherwise;
        if (!value)
            return static_cast<double>(refuse("\"{}{}\" is missing", where_, key));
        const double number = value->is_number() ? value->get<double>() : 0;
        if (!std::isfinite(number) || number <= 0)
            return static_cast<double>(refuse("\"{}{}\" is {}, a positive number is expected",
                                              where_, key, shown(*value)));
        return number;
    }
    bool flag(const char* key)
    {
        const Json* value = find(key);
        if (value && !value->is_boolean())
            refuse("\"{}{}\" is {}, true or false is expected", where_, key, shown(*value));
        return value && value->is_boolean() && value->get<bool>();
    }
    std::string text(const char* key, std::string otherwise = {})
    {
        const Json* value = find(key);
        if (!value)
            return otherwise;
        if (!value->is_string())
            refuse("\"{}{}\" is {}, a text is expected", where_, key, shown(*value));
        return value->is_string() ? value->get<std::string>() : otherwise;
    }

    template <typename... Args>
    std::int64_t refuse(fmt::format_string<Args...> format, Args&&... args)
    {
        if (problem.empty())
            problem = fmt::format(format, std::forward<Args>(args)...);
        return 1; // a harmless value to go on with
    }
    static std::string shown(const Json& value)
    {
        return value.is_structured() ? (value.is_array() ? "a list" : "an object")
                                     : printable(value.dump());
    }

    std::string problem;

private:
    static bool outside(const Json& value, std::int64_t low, std::int64_t high)
    {
        if (value.is_number_unsigned() &&
            value.get<std::uint64_t>() > static_cast<std::uint64_t>(high))
            return true;
        const auto number = value.get<std::int64_t>();
        return number < low || number > high;
    }

    const Json& object_;
    std::string where_;
};

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

// Theta and scaling: "rope_theta" and "rope_scaling" of older files, "rope_parameters" of newer
// ones.
void readRope(Fields& top, LlmConfig& config)
{
    const Json* newer = top.find("rope_parameters");
    const Json* rope = newer ? newer : top.find("rope_scaling");
    config.ropeTheta = top.positive("rope_theta", 1e4);
    if (!rope)
        return;
    const char* name = newer ? "rope_parameters" : "rope_scaling";
    if (!rope->is_object()) {
        top.refuse("\"{}\" is {}, an object is expected", name, Fields::shown(*rope));
        return;
    }
    Fields fields(*rope, fmt::format("{}.", name));
    if (newer)
        config.ropeTheta = fields.positive("rope_theta", config.ropeTheta);
    const std::string type = fields.text("rope_type", fields.text("type", "default"));
    if (type == "llama3") {
        config.ropeScaling =
            Llama3Scaling{.factor = fields.positive("factor", {}),
                          .lowFrequencyFactor = fields.positive("low_freq_factor", {}),
                          .highFrequencyFactor = fields.positive("high_freq_factor", {}),
                          .originalContext = fields.integer("original_max_position_embeddings", 1,
                                                            kContextLimit, {})};
        if (config.ropeScaling->highFrequencyFactor <= config.ropeScaling->lowFrequencyFactor)
            fields.refuse("\"{}.high_freq_factor\" must be above \"low_freq_factor\"", name);
    } else if (type != "default") {
        fields.refuse(
            "rotary scaling of type \"{}\" is not supported; \"default\" and \"llama3\" are",
            printable(type));
    }
    if (fields.positive("partial_rotary_factor", 1.0) != 1.0)
        fields.refuse("rotary embedding of a part of each head is not supported");
    for (const auto& [key, value] : rope->items())
        if (value.is_object())
            fields.refuse("\"{}\" differs between layers (\"{}\"), which is not supported", name,
                          printable(key));
    if (top.problem.empty())
        top.problem = fields.problem;
}

void readEos(Fields& top, const Json& json, std::int64_t vocabulary, LlmConfig& config)
{
    const auto written = json.find("eos_token_id");
    if (written == json.end()) {
        config.eos = {2};
        return;
    }
    if (written->is_null())
        return;
    const bool list = written->is_array();
    if (list && written->size() > 64) {
        top.refuse("\"eos_token_id\" lists {} tokens, at most 64 are expected", written->size());
        return;
    }
    for (const Json& item : list ? *written : Json::array({*written})) {
        const Json holder{{"eos_token_id", item}};
        Fields one(holder);
        config.eos.push_back(one.integer("eos_token_id", -1, std::int64_t{1} << 31, {}));
        if (top.problem.empty())
            top.problem = one.problem;
    }
    std::erase_if(config.eos, [&](std::int64_t id) { return id < 0 || id >= vocabulary; });
}

void readLayerTypes(Fields& top, const LlmConfig& config)
{
    const Json* types = top.find("layer_types");
    if (!types)
        return;
    const char* expected = config.slidingWindow > 0 ? "sliding_attention" : "full_attention";
    if (!types->is_array()) {
        top.refuse("\"layer_types\" is {}, a list is expected", Fields::shown(*types));
        return;
    }
    for (const Json& type : *types)
        if (type != expected)
            top.refuse("a layer of type {} is not supported here, \"{}\" is", Fields::shown(type),
                       expected);
}

void refuseOtherArithmetic(Fields& top)
{
    const std::string activation = top.text("hidden_act", "silu");
    if (activation != "silu" && activation != "swish")
        top.refuse("activation \"{}\" is not supported; \"silu\" is", printable(activation));
    if (top.positive("partial_rotary_factor", 1.0) != 1.0)
        top.refuse("rotary embedding of a part of each head is not supported");
    if (const Json* quantized = top.find("quantization_config"))
        top.refuse("its weights are quantized ({}); convert it to F32, F16 or BF16 first",
                   quantized->is_object() && quantized->contains("quant_method")
                       ? Fields::shown((*quantized)["quant_method"])
                       : "quantization_config");
}

} // namespace

Result<LlmConfig> parseLlmConfig(const Json& json)
{
    if (!json.is_object())
        return inputError("it is not a JSON object");
    LlmConfig config;
    VITRINE_TRY(config.family, familyOf(json));
    const bool mistral = config.family == Family::mistral;

    Fields top(json);
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
    config.dtype = printable(top.text("dtype", top.text("torch_dtype")));
    readEos(top, json, config.vocabulary, config);
    readRope(top, config);
    readLayerTypes(top, config);
    refuseOtherArithmetic(top);

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
    return config;
}

Result<LlmConfig> parseLlmConfig(std::string_view text, std::string_view name)
{
    VITRINE_TRY(const Json json, parseJson(text, name, {.depth = 16, .values = 100'000}));
    auto config = parseLlmConfig(json);
    if (!config)
        return inputError("cannot read {}: {}", printableName(name), config.error().message);
    return config;
}

Json configJson(const LlmConfig& config)
{
    const bool mistral = config.family == Family::mistral;
    Json json{{"architectures", Json::array({mistral ? "MistralForCausalLM" : "LlamaForCausalLM"})},
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
