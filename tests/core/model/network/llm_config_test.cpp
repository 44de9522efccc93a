#include "core/model/network/llm_config.h"

#include "core/base/file.h"
#include "core/base/json.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace vitrine::model
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;

Json llama()
{
    return Json{{"model_type", "llama"},    {"hidden_size", 64}, {"num_hidden_layers", 2},
                {"num_attention_heads", 4}, {"vocab_size", 100}, {"intermediate_size", 96}};
}

Json changed(Json json, const char* key, Json value)
{
    json[key] = std::move(value);
    return json;
}
Json without(Json json, const char* key)
{
    json.erase(key);
    return json;
}

std::string whyConfigRefused(const Json& json)
{
    const auto config = parseLlmConfig(json);
    return config ? "accepted" : config.error().message;
}

TEST(LlmConfig, FillsInWhatLlamaFilesLeaveOut)
{
    const auto config = parseLlmConfig(llama());

    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->family, Family::llama);
    EXPECT_EQ(config->kvHeads, 4);
    EXPECT_EQ(config->headSize, 16);
    EXPECT_EQ(config->context, 2048);
    EXPECT_EQ(config->normEpsilon, 1e-6);
    EXPECT_EQ(config->ropeTheta, 1e4);
    EXPECT_EQ(config->slidingWindow, 0);
    EXPECT_FALSE(config->tiedEmbeddings);
    EXPECT_EQ(config->bos, 1);
    EXPECT_THAT(config->eos, ElementsAre(2));
}

TEST(LlmConfig, FillsInWhatMistralFilesLeaveOut)
{
    const auto config = parseLlmConfig(
        changed(changed(llama(), "model_type", "mistral"), "num_attention_heads", 16));

    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->kvHeads, 8);
    EXPECT_EQ(config->slidingWindow, 4096);
    EXPECT_EQ(parseLlmConfig(changed(changed(llama(), "model_type", "mistral"),
                                     "num_key_value_heads", nullptr))
                  ->kvHeads,
              4);
    EXPECT_EQ(parseLlmConfig(changed(changed(changed(llama(), "model_type", "mistral"),
                                             "num_key_value_heads", 4),
                                     "sliding_window", nullptr))
                  ->slidingWindow,
              0);
}

TEST(LlmConfig, ReadsOlderAndNewerSpellings)
{
    const Json scaling{{"rope_type", "llama3"},
                       {"factor", 8.0},
                       {"low_freq_factor", 1.0},
                       {"high_freq_factor", 4},
                       {"original_max_position_embeddings", 64}};
    Json newer = scaling;
    newer["rope_theta"] = 500000.0;

    const auto fromOld = parseLlmConfig(
        changed(changed(changed(llama(), "rope_theta", 500000), "rope_scaling", scaling),
                "torch_dtype", "bfloat16"));
    const auto fromNew =
        parseLlmConfig(changed(changed(llama(), "rope_parameters", newer), "dtype", "bfloat16"));

    ASSERT_TRUE(fromOld) << fromOld.error().message;
    ASSERT_TRUE(fromNew) << fromNew.error().message;
    EXPECT_EQ(*fromOld, *fromNew);
    EXPECT_EQ(fromOld->ropeTheta, 500000);
    ASSERT_TRUE(fromOld->ropeScaling);
    EXPECT_EQ(fromOld->ropeScaling->originalContext, 64);
    EXPECT_EQ(fromOld->dtype, "bfloat16");
}

TEST(LlmConfig, TakesOneEosOrAList)
{
    EXPECT_THAT(parseLlmConfig(changed(llama(), "eos_token_id", 7))->eos, ElementsAre(7));
    EXPECT_THAT(parseLlmConfig(changed(llama(), "eos_token_id", {7, 9}))->eos, ElementsAre(7, 9));
    EXPECT_TRUE(parseLlmConfig(changed(llama(), "eos_token_id", nullptr))->eos.empty());
    EXPECT_EQ(parseLlmConfig(changed(llama(), "bos_token_id", nullptr))->bos, -1);
}

TEST(LlmConfig, AllowsAnExplicitHeadSize)
{
    EXPECT_EQ(parseLlmConfig(changed(llama(), "head_dim", 24))->headSize, 24);
    EXPECT_EQ(parseLlmConfig(changed(llama(), "head_dim", nullptr))->headSize, 16);
    EXPECT_EQ(whyConfigRefused(changed(changed(llama(), "head_dim", 16), "num_attention_heads", 3)),
              "accepted");
    EXPECT_THAT(whyConfigRefused(changed(llama(), "num_attention_heads", 3)),
                HasSubstr("not a multiple"));
    EXPECT_THAT(whyConfigRefused(changed(llama(), "head_dim", 15)), HasSubstr("even"));
}

TEST(LlmConfig, RefusesOtherFamiliesByName)
{
    for (const char* family : {"opt", "gpt2", "gptj", "qwen2", "gemma", "bert"})
        EXPECT_THAT(whyConfigRefused(changed(llama(), "model_type", family)),
                    HasSubstr(std::string("\"") + family + "\""));
    EXPECT_THAT(whyConfigRefused(without(llama(), "model_type")), HasSubstr("model_type"));
}

TEST(LlmConfig, RefusesArithmeticItDoesNotKnow)
{
    EXPECT_THAT(whyConfigRefused(changed(llama(), "hidden_act", "gelu")), HasSubstr("\"gelu\""));
    EXPECT_THAT(
        whyConfigRefused(changed(llama(), "rope_scaling", {{"type", "linear"}, {"factor", 2}})),
        HasSubstr("\"linear\""));
    EXPECT_THAT(
        whyConfigRefused(changed(llama(), "rope_scaling", {{"rope_type", "yarn"}, {"factor", 2}})),
        HasSubstr("\"yarn\""));
    EXPECT_THAT(whyConfigRefused(changed(llama(), "rope_scaling", {{"rope_type", "llama3"}})),
                HasSubstr("factor"));
    EXPECT_THAT(whyConfigRefused(changed(llama(), "rope_scaling", "linear")), HasSubstr("object"));
    EXPECT_EQ(whyConfigRefused(changed(llama(), "rope_scaling", {{"rope_type", "default"}})),
              "accepted");
    EXPECT_THAT(
        whyConfigRefused(changed(llama(), "quantization_config", {{"quant_method", "gptq"}})),
        HasSubstr("gptq"));
    const auto packed = [](const char* key) {
        return whyConfigRefused(changed(llama(), "quantization_config",
                                        {{"quant_method", "vitrine-codes"}, {key, "block"}}));
    };
    for (const char* known : {"quantizer", "layout", "group"})
        EXPECT_EQ(packed(known), "accepted") << known;
    EXPECT_THAT(packed("layuot"), HasSubstr("\"quantization_config\" has an unknown key "
                                            "\"layuot\"; did you mean \"layout\"?"));
    EXPECT_THAT(packed("desc_act"), HasSubstr("known are quant_method, quantizer, layout, group"));
    EXPECT_THAT(
        whyConfigRefused(changed(llama(), "layer_types", {"full_attention", "sliding_attention"})),
        HasSubstr("layer"));
    EXPECT_THAT(whyConfigRefused(changed(llama(), "partial_rotary_factor", 0.5)),
                HasSubstr("part of each head"));
}

TEST(LlmConfig, RefusesSizesOutOfRange)
{
    for (const char* key : {"hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size",
                            "intermediate_size"}) {
        EXPECT_THAT(whyConfigRefused(without(llama(), key)), HasSubstr(key));
        for (const Json& value :
             {Json(0), Json(-1), Json(1e3), Json("64"), Json(std::int64_t{1} << 40),
              Json(~std::uint64_t{0}), Json(true), Json::array({64})})
            EXPECT_THAT(whyConfigRefused(changed(llama(), key, value)), HasSubstr(key)) << value;
    }
    EXPECT_THAT(whyConfigRefused(changed(llama(), "num_hidden_layers", 513)), HasSubstr("512"));
    EXPECT_THAT(whyConfigRefused(changed(llama(), "num_key_value_heads", 3)),
                HasSubstr("does not divide"));
    EXPECT_THAT(whyConfigRefused(changed(llama(), "rms_norm_eps", 0)), HasSubstr("rms_norm_eps"));
    EXPECT_THAT(whyConfigRefused(changed(llama(), "tie_word_embeddings", "yes")),
                HasSubstr("tie_word_embeddings"));
}

TEST(LlmConfig, ComesBackFromItsOwnJson)
{
    Json json = changed(changed(llama(), "model_type", "mistral"), "sliding_window", 16);
    json["num_key_value_heads"] = 2;
    json["head_dim"] = 24;
    json["eos_token_id"] = {2, 5};
    const auto mistral = parseLlmConfig(json);
    const auto tied = parseLlmConfig(
        changed(changed(llama(), "tie_word_embeddings", true), "bos_token_id", nullptr));

    ASSERT_TRUE(mistral) << mistral.error().message;
    EXPECT_EQ(parseLlmConfig(configJson(*mistral)), *mistral);
    EXPECT_EQ(parseLlmConfig(configJson(*tied)), *tied);
}

TEST(LlmConfig, NamesTheFileInItsErrors)
{
    EXPECT_THAT(parseLlmConfig("{", "a/config.json").error().message, HasSubstr("a/config.json"));
    EXPECT_THAT(parseLlmConfig("[]", "a/config.json").error().message,
                HasSubstr("not a JSON object"));
}

TEST(LlmConfig, ReadsTheGoldenFolders)
{
    const char* data = std::getenv("VITRINE_TEST_DATA");
    if (!data)
        GTEST_SKIP() << "VITRINE_TEST_DATA is not set";
    int read = 0, refused = 0;
    for (const auto& folder :
         std::filesystem::directory_iterator(std::filesystem::path(data) / "golden/llm")) {
        if (!folder.is_directory())
            continue;
        const auto config =
            parseLlmConfig(*readFile(folder.path() / "config.json", 1 << 20), "config.json");
        const auto name = folder.path().filename().string();
        const bool ours = name.starts_with("llama") || name.starts_with("mistral");
        EXPECT_EQ(config.has_value(), ours)
            << name << (config ? "" : ": " + config.error().message);
        if (!ours && !config) {
            EXPECT_THAT(config.error().message,
                        HasSubstr("cannot be opened; llama and mistral can"));
        }
        ++(ours ? read : refused);
    }
    EXPECT_EQ(read, 5);
    EXPECT_EQ(refused, 6);
}

} // namespace
} // namespace vitrine::model
