#include "core/model/network/config_keys.h"

#include "core/base/json.h"
#include "core/model/llm/llm.h"
#include "tests/support/tiny_llm.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

namespace vitrine::model
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What transformers writes for a small model, with the keys of versions 4 and 5.
Json writtenConfig(Family family)
{
    Json json{{"architectures", Json::array({"LlamaForCausalLM"})},
              {"model_type", "llama"},
              {"vocab_size", 50},
              {"hidden_size", 20},
              {"intermediate_size", 35},
              {"num_hidden_layers", 2},
              {"num_attention_heads", 4},
              {"num_key_value_heads", 2},
              {"head_dim", 6},
              {"hidden_act", "silu"},
              {"max_position_embeddings", 512},
              {"rms_norm_eps", 1e-6},
              {"bos_token_id", 1},
              {"eos_token_id", 2},
              {"tie_word_embeddings", true},
              {"rope_theta", 10000.0},
              {"rope_scaling", nullptr},
              {"torch_dtype", "float32"}};
    if (family == Family::mistral) {
        json["architectures"] = Json::array({"MistralForCausalLM"});
        json["model_type"] = "mistral";
        json["sliding_window"] = 8;
    } else {
        json["attention_bias"] = json["mlp_bias"] = false;
    }
    return json;
}

struct ChangedKey {
    const char* key;
    Json value;
};

// Every key that the configurations of transformers 4 and 5 have a meaning for, with another value
// than its default.
std::vector<ChangedKey> commonKeys()
{
    const Json llama3{{"rope_type", "llama3"},   {"rope_theta", 10000.0},
                      {"factor", 8.0},           {"low_freq_factor", 1.0},
                      {"high_freq_factor", 4.0}, {"original_max_position_embeddings", 16}};
    return {// LlamaConfig, MistralConfig
            {"vocab_size", 49},
            {"hidden_size", 24},
            {"intermediate_size", 36},
            {"num_hidden_layers", 1},
            {"num_attention_heads", 2},
            {"num_key_value_heads", 4},
            {"head_dim", 8},
            {"hidden_act", "gelu"},
            {"max_position_embeddings", 256},
            {"initializer_range", 0.5},
            {"rms_norm_eps", 1e-2},
            {"use_cache", false},
            {"pad_token_id", 3},
            {"bos_token_id", 4},
            {"eos_token_id", 5},
            {"pretraining_tp", 2},
            {"tie_word_embeddings", false},
            {"rope_theta", 500.0},
            {"rope_scaling", {{"type", "linear"}, {"factor", 2.0}}},
            {"rope_scaling", llama3},
            {"rope_parameters", llama3},
            {"rope_parameters", {{"rope_type", "default"}, {"rope_theta", 500.0}}},
            {"attention_dropout", 0.5},
            {"layer_types", Json::array({"chunked_attention", "full_attention"})},
            {"partial_rotary_factor", 0.5},
            // PretrainedConfig
            {"model_type", "qwen2"},
            {"architectures", Json::array({"LlamaModel"})},
            {"name_or_path", "someone/model"},
            {"_name_or_path", "someone/model"},
            {"_commit_hash", "0"},
            {"transformers_version", "5.0.0"},
            {"output_hidden_states", true},
            {"output_attentions", true},
            {"return_dict", false},
            {"is_encoder_decoder", true},
            {"is_decoder", true},
            {"cross_attention_hidden_size", 20},
            {"add_cross_attention", true},
            {"tie_encoder_decoder", true},
            {"pruned_heads", {{"0", Json::array({1})}}},
            {"chunk_size_feed_forward", 8},
            {"per_layer_config", {{"0", {{"head_dim", 8}}}}},
            {"is_causal", false},
            {"finetuning_task", "x"},
            {"id2label", {{"0", "x"}}},
            {"label2id", {{"x", 0}}},
            {"num_labels", 3},
            {"problem_type", "regression"},
            {"task_specific_params", {{"x", 1}}},
            {"tokenizer_class", "T"},
            {"prefix", "x"},
            {"sep_token_id", 3},
            {"decoder_start_token_id", 3},
            {"torchscript", true},
            {"torch_dtype", "bfloat16"},
            {"dtype", "bfloat16"},
            {"use_bfloat16", true},
            {"tf_legacy_loss", true},
            {"attn_implementation", "eager"},
            {"_attn_implementation_autoset", true},
            {"experts_implementation", "eager"},
            {"quantization_config", {{"quant_method", "awq"}}},
            // GenerationConfig, as PretrainedConfig of version 4 keeps it
            {"max_length", 7},
            {"min_length", 7},
            {"do_sample", true},
            {"early_stopping", true},
            {"num_beams", 2},
            {"num_beam_groups", 2},
            {"diversity_penalty", 0.5},
            {"temperature", 0.5},
            {"top_k", 3},
            {"top_p", 0.5},
            {"typical_p", 0.5},
            {"repetition_penalty", 2.0},
            {"length_penalty", 2.0},
            {"no_repeat_ngram_size", 2},
            {"encoder_no_repeat_ngram_size", 2},
            {"bad_words_ids", Json::array({Json::array({3})})},
            {"num_return_sequences", 2},
            {"output_scores", true},
            {"return_dict_in_generate", true},
            {"forced_bos_token_id", 3},
            {"forced_eos_token_id", 3},
            {"remove_invalid_values", true},
            {"exponential_decay_length_penalty", Json::array({1, 1.5})},
            {"suppress_tokens", Json::array({3})},
            {"begin_suppress_tokens", Json::array({3})}};
}

std::vector<ChangedKey> keysOf(Family family)
{
    auto keys = commonKeys();
    if (family == Family::mistral) {
        std::erase_if(keys, [](const ChangedKey& changed) {
            return std::string_view(changed.key) == "architectures";
        });
        keys.push_back({"architectures", Json::array({"MistralModel"})});
        keys.push_back({"sliding_window", 4});
        keys.push_back({"sliding_window", nullptr});
    } else {
        keys.push_back({"attention_bias", true});
        keys.push_back({"mlp_bias", true});
    }
    return keys;
}

TEST(ConfigKeys, EveryKeyOfTransformersChangesTheModelIsRefusedOrIsKnownToBeHarmless)
{
    for (const Family family : {Family::llama, Family::mistral}) {
        const Json written = writtenConfig(family);
        const auto before = readConfigFile(written);
        ASSERT_TRUE(before) << before.error().message;
        EXPECT_THAT(before->notes, IsEmpty());
        for (const auto& [key, value] : keysOf(family)) {
            Json json = written;
            json[key] = value;

            const auto after = readConfigFile(json);

            const bool isOther = after && after->config != before->config;
            EXPECT_TRUE(!after || isOther || isHarmlessKey(key)) << key << " = " << value;
            EXPECT_FALSE(isHarmlessKey(key) && (!after || isOther || !after->notes.empty())) << key;
            if (!after) {
                EXPECT_THAT(after.error().message,
                            testing::AnyOf(HasSubstr(key), HasSubstr("layer"),
                                           HasSubstr("activation"), HasSubstr("scaling"),
                                           HasSubstr("a part of each head"), HasSubstr("quantized"),
                                           HasSubstr("models of type")))
                    << key;
            }
        }
    }
}

std::vector<float> logitsOf(const LlmConfig& config)
{
    const auto llm = Llm::open(tests::tinyCheckpoint(config));
    return llm->forward(tests::randomIds(24, 49))->logits;
}

TEST(ConfigKeys, KeysOfTheArithmeticChangeTheLogits)
{
    const Json written = writtenConfig(Family::mistral);
    const auto before = logitsOf(*parseLlmConfig(written));
    int compared = 0;
    for (const auto& [key, value] : keysOf(Family::mistral)) {
        Json json = written;
        json[key] = value;
        const auto after = parseLlmConfig(json);
        const auto isOneOf = [key =
                                  std::string_view(key)](std::initializer_list<const char*> keys) {
            return std::ranges::find(keys, key) != keys.end();
        };
        if (!after || !isOneOf({"rms_norm_eps", "rope_theta", "rope_scaling", "rope_parameters",
                                "sliding_window"}))
            continue;
        EXPECT_NE(logitsOf(*after), before) << key << " = " << value;
        ++compared;
    }
    EXPECT_EQ(compared, 6);
}

std::vector<std::string> notesWith(Family family, const char* key, Json value)
{
    Json json = writtenConfig(family);
    json[key] = std::move(value);
    const auto file = readConfigFile(json);
    return file ? file->notes : std::vector<std::string>{"refused: " + file.error().message};
}

TEST(ConfigKeys, NamesKeysThatNobodyKnowsAndThoseOfTheOtherFamily)
{
    EXPECT_THAT(notesWith(Family::llama, "logit_scale", 0.1),
                ElementsAre("config.json has keys that are not known here and were not used: "
                            "logit_scale."));
    EXPECT_THAT(notesWith(Family::llama, "logit_scale", nullptr), IsEmpty());
    EXPECT_THAT(
        notesWith(Family::mistral, "attention_bias", true),
        ElementsAre("\"attention_bias\" in config.json has no effect: mistral models do not "
                    "read it."));
    EXPECT_THAT(notesWith(Family::mistral, "attention_bias", false), IsEmpty());
    EXPECT_THAT(notesWith(Family::llama, "sliding_window", 64),
                ElementsAre(HasSubstr("llama models do not read it")));
    EXPECT_THAT(notesWith(Family::llama, "sliding_window", nullptr), IsEmpty());
    EXPECT_THAT(notesWith(Family::llama, "dtype", "bfloat16"),
                ElementsAre(HasSubstr("\"torch_dtype\" (float32)")));
}

TEST(ConfigKeys, SaysThatCodeOfTheModelIsNotRun)
{
    EXPECT_THAT(
        notesWith(Family::llama, "auto_map", {{"AutoModelForCausalLM", "modeling_custom.Custom"}}),
        ElementsAre(AllOf(HasSubstr("code of its own"), HasSubstr("modeling_custom.Custom"),
                          HasSubstr("not run"))));
    EXPECT_THAT(notesWith(Family::llama, "architectures", Json::array({"CustomForCausalLM"})),
                ElementsAre(HasSubstr("\"CustomForCausalLM\" is not known here")));
    EXPECT_THAT(notesWith(Family::llama, "architectures", Json::array({"MistralForCausalLM"})),
                ElementsAre(HasSubstr("name different families")));
}

TEST(ConfigKeys, RefusesTokensThatSeeLaterOnes)
{
    for (const Json& value : {Json(false), Json(nullptr), Json(0)})
        EXPECT_THAT(notesWith(Family::llama, "is_causal", value),
                    ElementsAre(HasSubstr("refused: \"is_causal\"")));
    EXPECT_THAT(notesWith(Family::llama, "is_causal", true), IsEmpty());
    EXPECT_THAT(notesWith(Family::llama, "use_bidirectional_attention", true),
                ElementsAre(HasSubstr("refused")));
    EXPECT_THAT(notesWith(Family::llama, "layer_types", Json::array({"full_attention"})),
                ElementsAre(HasSubstr("lists 1 layers")));
}

} // namespace
} // namespace vitrine::model
