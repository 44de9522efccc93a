#include "core/model/llm/llm_checkpoint.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/model/llm/llm_weights.h"
#include "core/model/network/llm_network.h"
#include "core/tensor/safetensors.h"

#include <gmock/gmock.h>

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <limits>

namespace vitrine::model
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A folder with a model of one layer: hidden 4, two heads of 2, one KV head, MLP 6, vocabulary 8.
class LlmFolder : public testing::Test
{
protected:
    void SetUp() override
    {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    void TearDown() override { std::filesystem::remove_all(path_); }

    Json json_{{"model_type", "llama"},    {"hidden_size", 4},
               {"num_hidden_layers", 1},   {"num_attention_heads", 2},
               {"num_key_value_heads", 1}, {"intermediate_size", 6},
               {"vocab_size", 8},          {"tie_word_embeddings", false}};

    void writeConfig() { ASSERT_TRUE(writeFileAtomically(path_ / "config.json", json_.dump())); }
    LlmConfig config() const { return *parseLlmConfig(json_); }

    NamedTensor tensor(std::string name, std::vector<std::int64_t> shape, DType type = DType::f32)
    {
        const auto bytes = static_cast<std::size_t>(*elementCount(shape)) * dtypeSize(type);
        storage_.emplace_back(bytes, static_cast<char>(storage_.size() % 50));
        return {std::move(name),
                {type, std::move(shape), std::as_bytes(std::span(storage_.back()))}};
    }
    std::vector<NamedTensor> allTensors()
    {
        std::vector<NamedTensor> tensors;
        for (const auto& [name, shape, use] : requiredTensors(config()))
            tensors.push_back(tensor(name, shape));
        return tensors;
    }
    void write(std::vector<NamedTensor> tensors, const char* file = "model.safetensors")
    {
        ASSERT_TRUE(writeSafetensors(path_ / file, std::move(tensors)));
    }
    std::string whyRefused() const
    {
        const auto opened = openLlmCheckpoint(path_);
        return opened ? "accepted" : opened.error().message;
    }

    std::filesystem::path path_ =
        std::filesystem::temp_directory_path() / fmt::format("vitrine-checkpoint-{}", ::getpid());
    std::deque<std::string> storage_;
};

TEST_F(LlmFolder, OpensASingleFile)
{
    writeConfig();
    write(allTensors());

    const auto opened = openLlmCheckpoint(path_);

    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ((*opened)->config(), config());
    EXPECT_EQ((*opened)->tensorNames().size(), requiredTensors(config()).size());
    EXPECT_EQ((*opened)->tensor("model.layers.0.self_attn.k_proj.weight")->shape,
              (std::vector<std::int64_t>{2, 4}));
    EXPECT_THAT((*opened)->notes(), IsEmpty());
    EXPECT_EQ((*opened)->files().size(), 2u);
    EXPECT_THAT((*opened)->tensor("nothing").error().message, HasSubstr("\"nothing\""));
}

TEST_F(LlmFolder, SaysWhichOfTwoFormsOfTheWeightsItReads)
{
    writeConfig();
    write(allTensors());
    std::ofstream(path_ / "model.safetensors.index.json") << "{";

    const auto opened = openLlmCheckpoint(path_);

    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_THAT((*opened)->notes(), ElementsAre(HasSubstr("model.safetensors comes first")));
}

TEST_F(LlmFolder, OpensShards)
{
    writeConfig();
    auto tensors = allTensors();
    Json map = Json::object();
    for (std::size_t i = 0; i < tensors.size(); ++i)
        map[tensors[i].name] = i % 2 ? "b.safetensors" : "a.safetensors";
    std::vector<NamedTensor> parts[2];
    for (std::size_t i = 0; i < tensors.size(); ++i)
        parts[i % 2].push_back(tensors[i]);
    write(parts[0], "a.safetensors");
    write(parts[1], "b.safetensors");
    ASSERT_TRUE(
        writeFileAtomically(path_ / "model.safetensors.index.json",
                            Json{{"metadata", {{"total_size", 7}}}, {"weight_map", map}}.dump()));

    const auto opened = openLlmCheckpoint(path_);

    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ((*opened)->files().size(), 4u);
    for (const auto& expected : tensors) {
        const auto view = (*opened)->tensor(expected.name);
        ASSERT_TRUE(view);
        EXPECT_EQ(std::memcmp(view->bytes.data(), expected.tensor.bytes.data(), view->bytes.size()),
                  0);
    }
}

TEST_F(LlmFolder, AcceptsNamesWithoutModelPrefix)
{
    writeConfig();
    auto tensors = allTensors();
    for (auto& item : tensors)
        if (item.name.starts_with("model."))
            item.name.erase(0, 6);
    write(tensors);

    const auto opened = openLlmCheckpoint(path_);

    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_TRUE((*opened)->has("model.layers.0.mlp.up_proj.weight"));
    EXPECT_TRUE((*opened)->tensor("model.norm.weight"));
}

TEST_F(LlmFolder, NotesWhatItIgnores)
{
    writeConfig();
    auto tensors = allTensors();
    tensors.push_back(tensor("model.layers.0.self_attn.rotary_emb.inv_freq", {1}));
    tensors.push_back(tensor("visual.weight", {3}));
    write(tensors);

    const auto opened = openLlmCheckpoint(path_);

    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_THAT((*opened)->notes(), ElementsAre(HasSubstr("inv_freq"), HasSubstr("visual.weight")));
}

TEST_F(LlmFolder, InventsNoHead)
{
    writeConfig();
    auto tensors = allTensors();
    tensors.pop_back();
    write(tensors);

    const auto opened = openLlmCheckpoint(path_);

    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_FALSE((*opened)->config().languageHead);
    EXPECT_FALSE((*opened)->config().tiedEmbeddings);
    EXPECT_THAT((*opened)->notes(), ElementsAre(HasSubstr("has no language head")));

    json_["tie_word_embeddings"] = true;
    writeConfig();
    const auto tied = openLlmCheckpoint(path_);
    EXPECT_TRUE((*tied)->config().languageHead);
    EXPECT_THAT((*tied)->notes(), IsEmpty());
}

TEST_F(LlmFolder, AClassifierHasNoLanguageHead)
{
    for (const char* architecture : {"LlamaForSequenceClassification", "LlamaModel"}) {
        for (const bool isTied : {false, true}) {
            json_["architectures"] = Json::array({architecture});
            json_["tie_word_embeddings"] = isTied;
            writeConfig();
            auto tensors = allTensors();
            tensors.push_back(tensor("score.weight", {2, 4}));
            write(tensors);

            const auto opened = openLlmCheckpoint(path_);

            ASSERT_TRUE(opened) << opened.error().message;
            EXPECT_FALSE((*opened)->config().languageHead);
            EXPECT_THAT((*opened)->notes(), ElementsAre(HasSubstr("has no language head"),
                                                        HasSubstr("1 tensor is not part")));
            ASSERT_TRUE(exportHuggingFace(**opened, path_ / "copy"));
            EXPECT_FALSE((*openLlmCheckpoint(path_ / "copy"))->config().languageHead);
        }
    }
}

TEST_F(LlmFolder, RefusesAHeadThatContradictsItsTie)
{
    auto tensors = allTensors();
    json_["tie_word_embeddings"] = true;
    writeConfig();
    write(tensors);
    EXPECT_THAT(whyRefused(), AllOf(HasSubstr("\"tie_word_embeddings\""),
                                    HasSubstr("lm_head.weight is another tensor")));

    tensors.back().tensor = tensors.front().tensor; // the embeddings once more
    write(tensors);
    const auto opened = openLlmCheckpoint(path_);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_FALSE((*opened)->has("lm_head.weight"));
    EXPECT_THAT((*opened)->notes(), IsEmpty());
}

TEST_F(LlmFolder, UsesABiasOnlyWhereTheConfigAsksForIt)
{
    const std::string bias = "model.layers.0.self_attn.q_proj.bias";
    writeConfig();
    auto tensors = allTensors();
    tensors.push_back(tensor(bias, {4}));
    write(tensors);
    const auto opened = openLlmCheckpoint(path_);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_THAT((*opened)->notes(),
                ElementsAre(AllOf(HasSubstr("1 stored bias is not used"), HasSubstr(bias))));
    const auto weights = findWeights(**opened);
    ASSERT_TRUE(weights) << weights.error().message;
    EXPECT_FALSE(weights->layers[0].q.bias);

    json_["attention_bias"] = true;
    writeConfig();
    EXPECT_THAT(whyRefused(), HasSubstr("k_proj.bias"));
}

TEST_F(LlmFolder, RoundsTensorsOfDoubles)
{
    writeConfig();
    auto tensors = allTensors();
    const std::vector<double> norm{1, -0.1, 1e-3, std::numeric_limits<double>::infinity()};
    tensors[1].tensor.type = DType::f64;
    tensors[1].tensor.bytes = std::as_bytes(std::span(norm));
    write(tensors);

    const auto opened = openLlmCheckpoint(path_);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_THAT((*opened)->notes(), ElementsAre(HasSubstr("1 tensor is stored as F64")));
    const auto weights = findWeights(**opened);
    ASSERT_TRUE(weights) << weights.error().message;
    EXPECT_EQ(toFloat(weights->layers[0].attentionNorm),
              (std::vector<float>{1, -0.1f, 1e-3f, std::numeric_limits<float>::infinity()}));

    const std::vector<double> huge{1, 1e300, 1, 1};
    tensors[1].tensor.bytes = std::as_bytes(std::span(huge));
    write(tensors);
    EXPECT_THAT(findWeights(**openLlmCheckpoint(path_)).error().message,
                AllOf(HasSubstr("input_layernorm.weight"), HasSubstr("1e+300")));
}

TEST_F(LlmFolder, SaysThatAnAdapterIsNotApplied)
{
    writeConfig();
    std::ofstream(path_ / "adapter_config.json") << R"({"peft_type": "LORA"})";
    EXPECT_THAT(whyRefused(), HasSubstr("LoRA adapter without the model"));

    auto tensors = allTensors();
    write(tensors);
    EXPECT_THAT((*openLlmCheckpoint(path_))->notes(),
                ElementsAre(AllOf(HasSubstr("LoRA adapter"), HasSubstr("not applied"))));

    std::filesystem::remove(path_ / "adapter_config.json");
    tensors.push_back(tensor("model.layers.0.self_attn.q_proj.lora_A.weight", {1, 4}));
    write(tensors);
    EXPECT_THAT((*openLlmCheckpoint(path_))->notes(),
                ElementsAre(HasSubstr("1 tensor of a LoRA adapter is not applied")));
}

TEST_F(LlmFolder, NamesThePrefixOfAWrapper)
{
    writeConfig();
    for (const std::string prefix : {"base_model.model.", "module.", "_orig_mod."}) {
        auto tensors = allTensors();
        for (auto& item : tensors)
            item.name.insert(0, prefix);
        write(tensors);
        EXPECT_THAT(whyRefused(), HasSubstr("start with \"" + prefix + "\""));
    }
    auto tensors = allTensors();
    for (auto& item : tensors)
        item.name.insert(0, "base_model.model.");
    tensors[0].name = "base_model.model.model.embed_tokens.modules_to_save.default.weight";
    write(tensors);
    EXPECT_THAT(whyRefused(), HasSubstr("start with \"base_model.model.\""));

    tensors = allTensors();
    tensors[2].name = "model.layers.0.self_attn.q_proj.base_layer.weight";
    write(tensors);
    EXPECT_THAT(whyRefused(), HasSubstr("belongs to a LoRA adapter"));
}

TEST_F(LlmFolder, TextsEndWhereTheGenerationConfigSays)
{
    json_["eos_token_id"] = 2;
    writeConfig();
    write(allTensors());
    const auto eosWith = [&](const char* text) {
        std::ofstream(path_ / "generation_config.json") << text;
        return (*openLlmCheckpoint(path_))->config().eos;
    };
    EXPECT_THAT(eosWith(R"({"eos_token_id": [2, 7]})"), ElementsAre(2, 7));
    EXPECT_THAT(eosWith(R"({"eos_token_id": 5})"), ElementsAre(5));
    EXPECT_THAT(eosWith(R"({"eos_token_id": null})"), ElementsAre(2));
    EXPECT_THAT(eosWith(R"({"do_sample": true})"), ElementsAre(2));

    for (const char* text :
         {"{", "[]", R"({"eos_token_id": "</s>"})", R"({"eos_token_id": 1.5})"}) {
        std::ofstream(path_ / "generation_config.json") << text;
        EXPECT_THAT(whyRefused(), HasSubstr("generation_config.json")) << text;
    }
}

TEST_F(LlmFolder, RefusesMissingAndMisshapenTensors)
{
    writeConfig();
    auto tensors = allTensors();
    tensors.erase(tensors.begin() + 3);
    write(tensors);
    EXPECT_THAT(whyRefused(), HasSubstr("k_proj.weight"));

    tensors = allTensors();
    tensors[1] = tensor(tensors[1].name, {5});
    write(tensors);
    EXPECT_THAT(whyRefused(), HasSubstr("has the shape [5], config.json needs [4]"));

    tensors = allTensors();
    tensors[1] = tensor(tensors[1].name, {4}, DType::i8);
    write(tensors);
    EXPECT_THAT(whyRefused(), HasSubstr("stored as I8"));

    tensors = allTensors();
    tensors.push_back(tensor("norm.weight", {4}));
    write(tensors);
    EXPECT_THAT(whyRefused(), HasSubstr("twice"));
}

TEST_F(LlmFolder, SaysWhatIsMissingOrRefused)
{
    EXPECT_THAT(whyRefused(), HasSubstr("config.json"));
    writeConfig();
    EXPECT_THAT(whyRefused(), HasSubstr("no model.safetensors"));
    std::ofstream(path_ / "pytorch_model.bin") << "x";
    EXPECT_THAT(whyRefused(), HasSubstr("may run code"));
    std::ofstream(path_ / "weights.pt") << "x";
    EXPECT_THAT(openLlmCheckpoint(path_ / "weights.pt").error().message, HasSubstr("pickle"));
    std::ofstream(path_ / "zip.bin") << "PK\x03\x04....";
    EXPECT_THAT(openLlmCheckpoint(path_ / "zip.bin").error().message, HasSubstr("pickle"));
    std::ofstream(path_ / "m.gguf") << "GGUF";
    EXPECT_THAT(openLlmCheckpoint(path_ / "m.gguf").error().message, HasSubstr("GGUF"));
    EXPECT_THAT(openLlmCheckpoint(path_ / "config.json").error().message,
                HasSubstr("open its folder"));
    EXPECT_THAT(openLlmCheckpoint(path_ / "nothing").error().message, HasSubstr("no such file"));
}

TEST_F(LlmFolder, ExportsWhatItRead)
{
    writeConfig();
    write(allTensors());
    const auto opened = openLlmCheckpoint(path_);
    ASSERT_TRUE(opened);

    ASSERT_TRUE(exportHuggingFace(**opened, path_ / "copy"));

    const auto again = openLlmCheckpoint(path_ / "copy");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ((*again)->config(), (*opened)->config());
    for (const auto& name : (*opened)->tensorNames())
        EXPECT_EQ(std::memcmp((*opened)->tensor(name)->bytes.data(),
                              (*again)->tensor(name)->bytes.data(),
                              (*opened)->tensor(name)->bytes.size()),
                  0);
}

TEST(LlmCheckpoint, OpensTheGoldenFolders)
{
    const char* data = std::getenv("VITRINE_TEST_DATA");
    if (!data)
        GTEST_SKIP() << "VITRINE_TEST_DATA is not set";
    for (const char* name : {"llama2-tiny-f32", "llama3-tiny-bf16", "llama3.1-ropescaled-f32",
                             "mistral-sw16-f32", "mistral-nemo-headdim-f32"}) {
        const auto opened = openLlmCheckpoint(std::filesystem::path(data) / "golden/llm" / name);
        ASSERT_TRUE(opened) << opened.error().message;
        EXPECT_THAT((*opened)->notes(), IsEmpty()) << name;
    }
    EXPECT_THAT(
        openLlmCheckpoint(std::filesystem::path(data) / "golden/llm/opt-tiny-f16").error().message,
        HasSubstr("\"opt\""));
}

} // namespace
} // namespace vitrine::model
