#include "plugins/attention/experiments/capture_experiment.h"
#include "plugins/attention/experiments/forward_experiment.h"
#include "plugins/attention/experiments/generate_experiment.h"
#include "plugins/attention/experiments/import_experiment.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/attention/capture.h"
#include "core/attention/sinks.h"
#include "core/picture/picture.h"
#include "core/tensor/safetensors.h"
#include "plugins/common/text_notes.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/support/golden.h"
#include "tests/support/tiny_llm.h"
#include "tests/support/tiny_vision.h"

namespace vitrine::attention_plugin
{
namespace
{

using testing::HasSubstr;
using Given = std::map<std::string, std::string>;

std::filesystem::path folder(const std::string& name)
{
    const auto path = std::filesystem::temp_directory_path() / "vitrine-experiments" /
                      testing::UnitTest::GetInstance()->current_test_info()->name() / name;
    std::filesystem::create_directories(path);
    return path;
}

Result<RunResult> run(const Experiment& experiment, const Given& given,
                      const std::filesystem::path& artifacts)
{
    const auto params = resolveParams(experiment, given);
    if (!params)
        return tl::unexpected(params.error());
    QuietProgress progress(artifacts);
    return experiment.run(*params, progress);
}

// A seeded random model as a Hugging Face folder.
std::filesystem::path tinyModel(std::int64_t window = 0)
{
    model::LlmConfig config;
    config.family = window > 0 ? model::Family::mistral : model::Family::llama;
    config.hidden = 32;
    config.layers = 4;
    config.heads = 4;
    config.kvHeads = 2;
    config.headSize = 8;
    config.mlp = 48;
    config.vocabulary = 60;
    config.context = 64;
    config.slidingWindow = window;
    config.bos = 1;
    config.eos = {2};
    config.dtype = "float32";
    const auto path = folder("model");
    const auto exported = model::exportHuggingFace(tests::TinyCheckpoint(config, 5), path);
    EXPECT_TRUE(exported) << exported.error().message;
    return path;
}

std::string someIds(int count)
{
    std::string text = "1";
    for (int i = 1; i < count; ++i)
        text += "," + std::to_string(3 + i * 7 % 50);
    return text;
}

double metric(const RunResult& result, const char* name)
{
    const Metric* found = result.metric(name);
    EXPECT_NE(found, nullptr) << name;
    return found ? found->value : NAN;
}

double number(const Cell& cell)
{
    return std::holds_alternative<double>(cell) ? std::get<double>(cell)
                                                : double(std::get<std::int64_t>(cell));
}

std::string joined(const std::vector<float>& ids)
{
    std::string text;
    for (const float id : ids)
        text += (text.empty() ? "" : ",") + std::to_string(int(id));
    return text;
}

// Every Llama and Mistral fixture through model.forward: logits within 2e-4, attention within 1e-5.
TEST(Forward, AgreesWithTheReferenceImplementation)
{
    std::printf("%-28s %8s %12s %12s %12s\n", "fixture", "tokens", "logits", "attention", "hidden");
    int fixtures = 0;
    for (const char* name : {"llama2-tiny-f32", "llama3-tiny-bf16", "llama3.1-ropescaled-f32",
                             "mistral-sw16-f32", "mistral-nemo-headdim-f32"}) {
        const auto path = tests::goldenData(std::filesystem::path("llm") / name);
        if (!path)
            continue;
        const auto golden = Safetensors::open(*path / "golden.safetensors");
        ASSERT_TRUE(golden) << golden.error().message;
        for (int i = 0; i < 3; ++i) {
            const std::string prefix = "seq" + std::to_string(i) + ".";
            const auto ids = toFloat(*golden->tensor(prefix + "input_ids"));
            const auto result = run(ForwardExperiment(),
                                    {{"model", path->string()},
                                     {"token_ids", joined(ids)},
                                     {"outputs", "logits,attention,hidden"}},
                                    folder("out"));
            ASSERT_TRUE(result) << result.error().message;
            const auto found = Safetensors::open(result->artifact("forward.safetensors")->path);
            ASSERT_TRUE(found);
            const auto deviation = [&](const std::string& ours, const std::string& theirs) {
                EXPECT_EQ(found->entries().at(ours).shape,
                          golden->entries().at(prefix + theirs).shape)
                    << ours;
                return tests::largestDifference(toFloat(*found->tensor(ours)),
                                                toFloat(*golden->tensor(prefix + theirs)));
            };
            double attention = 0, hidden = 0;
            const auto layers = static_cast<int>(metric(*result, "layers"));
            for (int l = 0; l < layers; ++l)
                attention = std::max(attention, deviation("attention." + std::to_string(l),
                                                          "attentions." + std::to_string(l)));
            for (int l = 0; l <= layers; ++l)
                hidden = std::max(hidden, deviation("hidden." + std::to_string(l),
                                                    "hidden_states." + std::to_string(l)));
            const double logits = deviation("logits", "logits");

            std::printf("%-28s %8zu %12.2e %12.2e %12.2e\n", name, ids.size(), logits, attention,
                        hidden);
            EXPECT_LE(logits, 2e-4);
            EXPECT_LE(attention, 1e-5);
            EXPECT_LE(hidden, 2e-4);
            ++fixtures;
        }
    }
    if (fixtures == 0)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN is set";
    EXPECT_EQ(fixtures % 3, 0);
}

double farthest(const Safetensors& found, const std::string& ours, const Safetensors& golden,
                const std::string& theirs)
{
    const auto tensor = found.tensor(ours);
    EXPECT_TRUE(tensor) << ours;
    if (!tensor)
        return INFINITY;
    const auto both = toFloat(*golden.tensor(theirs)); // of two pictures
    return tests::largestDifference(toFloat(*tensor), std::span(both).first(both.size() / 2));
}

// The first picture of a fixture as a file for `pixels`.
std::filesystem::path pixelsOf(const Safetensors& golden)
{
    const TensorView input = golden.tensor("input").value();
    const auto path = folder("pixels") / "pixels.safetensors";
    const auto written = writeSafetensors(path, {{"pixels",
                                                  {input.type,
                                                   {input.shape.begin() + 1, input.shape.end()},
                                                   input.bytes.first(input.bytes.size() / 2)}}});
    EXPECT_TRUE(written);
    return path;
}

// ViT and DeiT fixtures through model.forward: logits within 1e-4, maps within 1e-5.
TEST(Forward, OfAVisionTransformerAgreesWithThePublishedCode)
{
    int fixtures = 0;
    for (const char* name : {"vit-tiny-p8", "deit-distilled-tiny-p8"}) {
        const auto path = tests::goldenData(std::filesystem::path("vit") / name);
        if (!path)
            continue;
        ++fixtures;
        const auto golden = Safetensors::open(*path / "golden.safetensors");
        ASSERT_TRUE(golden) << golden.error().message;
        const auto result = run(ForwardExperiment(),
                                {{"model", path->string()},
                                 {"pixels", pixelsOf(*golden).string()},
                                 {"outputs", "logits,attention,hidden"}},
                                folder("out"));
        ASSERT_TRUE(result) << result.error().message;
        const auto found = Safetensors::open(result->artifact("forward.safetensors")->path);
        ASSERT_TRUE(found);
        EXPECT_LT(farthest(*found, "logits", *golden, "logits"), 1e-4);
        const auto layers = static_cast<int>(metric(*result, "layers"));
        ASSERT_EQ(layers, 3);
        const auto tokens = static_cast<std::int64_t>(metric(*result, "tokens"));
        const auto heads = static_cast<std::int64_t>(metric(*result, "heads"));
        for (int l = 0; l < layers; ++l) {
            EXPECT_EQ(found->entries().at(fmt::format("attention.{}", l)).shape,
                      (std::vector<std::int64_t>{heads, tokens, tokens}));
            EXPECT_LT(farthest(*found, fmt::format("attention.{}", l), *golden,
                               fmt::format("attn.{}", l)),
                      1e-5);
            if (l > 0) {
                EXPECT_LT(farthest(*found, fmt::format("hidden.{}", l), *golden,
                                   fmt::format("block_out.{}", l - 1)),
                          1e-4);
            }
        }
        EXPECT_LT(farthest(*found, "hidden.3", *golden, "features"), 1e-4);
        const Table& top = *result->table("top");
        const auto logits = toFloat(*found->tensor("logits"));
        EXPECT_EQ(std::get<std::int64_t>(top.rows[0][0]),
                  std::ranges::max_element(logits) - logits.begin());
        double sum = 0;
        for (const auto& row : top.rows)
            sum += std::get<double>(row[3]);
        EXPECT_NEAR(sum, 1, 1e-5);
    }
    if (fixtures == 0)
        GTEST_SKIP() << "set VITRINE_TEST_DATA to the folder with golden/vit";
}

TEST(Forward, OfLinearAttentionHasNoMapButTheRest)
{
    const auto path = tests::goldenData("vit/efficientvit-official-tiny");
    if (!path)
        GTEST_SKIP() << "set VITRINE_TEST_DATA to the folder with golden/vit";
    const auto golden = Safetensors::open(*path / "golden.safetensors");
    const Given given = {{"model", path->string()}, {"pixels", pixelsOf(*golden).string()}};
    Given maps = given, hidden = given;
    maps["outputs"] = "attention", hidden["outputs"] = "logits,hidden";
    const auto refused = run(ForwardExperiment(), maps, folder("out"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::argument);
    EXPECT_THAT(refused.error().message, HasSubstr("linear attention"));
    const auto result = run(ForwardExperiment(), hidden, folder("out"));
    ASSERT_TRUE(result) << result.error().message;
    const auto found = Safetensors::open(result->artifact("forward.safetensors")->path);
    const auto logits = toFloat(*golden->tensor("logits"));
    EXPECT_LT(farthest(*found, "logits", *golden, "logits"),
              1e-4 * static_cast<double>(std::abs(*std::ranges::max_element(logits))));
    EXPECT_EQ(found->entries().count("hidden.0"), 1u);
}

// Windows 2 x 2 of a map of 8 x 8: 16 windows, then 4 of one of 4 x 4.
TEST(Forward, OfWindowsKeepsTheMapOfEachAndOnlyWhatIsAskedFor)
{
    const auto model = folder("model");
    tests::RandomVision(tests::tinySwin()).write(model, R"({"img_size": 16, "norm_eps": 1e-5})");
    const auto picture = folder("picture") / "a.png";
    ASSERT_TRUE(writePicture({20, 18, 1, std::vector<std::uint8_t>(360, 99)}, picture));
    Given given = {
        {"model", model.string()}, {"image", picture.string()}, {"outputs", "attention"}};
    const auto result = run(ForwardExperiment(), given, folder("out"));
    ASSERT_TRUE(result) << result.error().message;
    const auto shapeOf = [&](const Result<RunResult>& of, const char* name) {
        const auto file = Safetensors::open(of->artifact("forward.safetensors")->path);
        return file->entries().at(name).shape;
    };
    EXPECT_EQ(shapeOf(result, "attention.0"), (std::vector<std::int64_t>{16, 2, 4, 4}));
    EXPECT_EQ(shapeOf(result, "attention.2"), (std::vector<std::int64_t>{4, 4, 4, 4}));
    EXPECT_EQ(metric(*result, "tokens"), 64);
    const auto file = Safetensors::open(result->artifact("forward.safetensors")->path);
    const auto whole = toFloat(*file->tensor("attention.2"));

    given["layers"] = "2", given["heads"] = "3";
    const auto one = run(ForwardExperiment(), given, folder("one"));
    ASSERT_TRUE(one) << one.error().message;
    EXPECT_EQ(shapeOf(one, "attention.2"), (std::vector<std::int64_t>{4, 1, 4, 4}));
    const auto fewer = Safetensors::open(one->artifact("forward.safetensors")->path);
    EXPECT_EQ(fewer->entries().size(), 1u);
    const auto map = toFloat(*fewer->tensor("attention.2"));
    for (std::size_t window = 0; window < 4; ++window)
        for (std::size_t i = 0; i < 16; ++i)
            EXPECT_EQ(map[window * 16 + i], whole[(window * 4 + 3) * 16 + i]);

    given["layers"] = "0";
    EXPECT_THAT(run(ForwardExperiment(), given, folder("out")).error().message,
                HasSubstr("there is no head 3 in layer 0"));
    given["layers"] = "7";
    EXPECT_THAT(run(ForwardExperiment(), given, folder("out")).error().message,
                HasSubstr("there is no layer 7"));
}

TEST(Forward, OffersAPictureForAVisionTransformerAndAPromptElse)
{
    const auto model = folder("seeing");
    tests::RandomVision(tests::tinyVit()).write(model, R"({"num_heads": 2, "norm_eps": 1e-6})");
    const auto has = [](const std::vector<ParamSpec>& specs, const char* name) {
        return std::ranges::find(specs, name, &ParamSpec::name) != specs.end();
    };
    const auto sees = resolvedSpecs(ForwardExperiment(), {{"model", model.string()}});
    EXPECT_TRUE(has(sees, "image") && has(sees, "pixels") && !has(sees, "prompt"));
    EXPECT_TRUE(has(resolvedSpecs(ForwardExperiment(), {{"model", "vitrine-deit"}}), "image"));
    const auto reads = resolvedSpecs(ForwardExperiment(), {{"model", tinyModel().string()}});
    EXPECT_TRUE(has(reads, "prompt") && !has(reads, "image"));

    const auto pixels = folder("pixels") / "wrong.safetensors";
    const std::vector<float> values(3 * 8 * 9);
    ASSERT_TRUE(writeSafetensors(
        pixels, {{"pixels", {DType::f32, {3, 8, 9}, std::as_bytes(std::span(values))}}}));
    const auto result =
        run(ForwardExperiment(), {{"model", model.string()}, {"pixels", pixels.string()}},
            folder("out"));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::input);
    EXPECT_THAT(result.error().message, HasSubstr("[3, 8, 8]"));
}

TEST(Forward, WritesOnlyTheLayersAndHeadsAskedFor)
{
    const auto result = run(ForwardExperiment(),
                            {{"model", tinyModel().string()},
                             {"token_ids", someIds(9)},
                             {"outputs", "attention, hidden"},
                             {"layers", "2,1"},
                             {"heads", "3"}},
                            folder("out"));

    ASSERT_TRUE(result) << result.error().message;
    const auto file = Safetensors::open(result->artifact("forward.safetensors")->path);
    std::vector<std::string> names;
    for (const auto& [name, entry] : file->entries())
        names.push_back(name);
    EXPECT_THAT(names, testing::ElementsAre("attention.1", "attention.2", "hidden.1", "hidden.2",
                                            "hidden.4", "input_ids"));
    EXPECT_EQ(file->entries().at("attention.1").shape, (std::vector<std::int64_t>{1, 9, 9}));
    EXPECT_EQ(metric(*result, "tokens"), 9);
}

TEST(Forward, TopTableIsTheSoftmaxOfTheLastLogits)
{
    const auto result =
        run(ForwardExperiment(), {{"model", tinyModel().string()}, {"token_ids", someIds(5)}},
            folder("out"));

    ASSERT_TRUE(result) << result.error().message;
    const auto file = Safetensors::open(result->artifact("forward.safetensors")->path);
    auto last = toFloat(*file->tensor("logits"));
    last.erase(last.begin(), last.end() - 60);
    double sum = 0;
    for (const float logit : last)
        sum += std::exp(double(logit));
    const Table& top = *result->table("top");
    ASSERT_EQ(top.rows.size(), 20u);
    for (std::size_t i = 0; i < top.rows.size(); ++i) {
        const float logit = last[size_t(number(top.rows[i][1]))];
        EXPECT_EQ(std::ranges::count_if(last, [&](float other) { return other > logit; }),
                  std::ptrdiff_t(i));
        EXPECT_NEAR(number(top.rows[i][4]), std::exp(double(logit)) / sum, 1e-9);
    }
    EXPECT_EQ(result->metric("seconds_prefill")->origin, Origin::measured);
    EXPECT_EQ(result->metric("perplexity")->origin, Origin::computed);
}

// A case of the shared data: a small model on which the program once fell short.
std::optional<std::filesystem::path> casePath(const char* name)
{
    const auto data = tests::testData();
    const auto path = data ? *data / "cases/llm/model" / name : std::filesystem::path();
    return data && std::filesystem::exists(path) ? std::optional(path) : std::nullopt;
}

Result<RunResult> runCase(const Experiment& experiment, const char* name, Given given = {})
{
    given.emplace("model", casePath(name)->string());
    given.emplace("token_ids",
                  "1,483,320,350,458,296,397,426,117,31,155,147,446,466,5,256,420,69,407,63,240,"
                  "417,156,176,144,368,132,506,229,245,259,298,284,261,508,413,405,358,319,176");
    return run(experiment, given, folder("out"));
}

// Logits of the last position by float64 passes in numpy, and a word of the note that must be
// there.
TEST(Forward, UsesWhatTheConfigAsksForAndNothingElse)
{
    if (!casePath("c01a-llama-bias-flag-false"))
        GTEST_SKIP() << "VITRINE_TEST_DATA is not set, or holds no cases";
    struct Right {
        const char* name;
        std::vector<double> logits;
        const char* note;
    };
    for (const auto& [name, logits, note] : std::vector<Right>{
             {"c01a-llama-bias-flag-false", {2.69622, 0.63077, -0.42316}, "28 stored biases"},
             {"c01b-mistral-qkv-bias", {-3.08984, -0.62445, 1.67787}, "9 stored biases"},
             {"c03a-rope-both-llama3-old-default-new", {0.72913, -1.90715, 0.20614}, "factor 8"},
             {"c03c-theta-inside-rope_scaling", {1.61321, 4.63496, 6.18663}, ""},
             {"c11h-mixed-types", {2.65901, 0.63266, -0.429}, "13 tensors are stored as F64"}}) {
        const auto result = runCase(ForwardExperiment(), name);
        ASSERT_TRUE(result) << name << ": " << result.error().message;
        const auto file = Safetensors::open(result->artifact("forward.safetensors")->path);
        const auto all = toFloat(*file->tensor("logits"));
        for (std::size_t i = 0; i < logits.size(); ++i)
            EXPECT_NEAR(all[39 * 512 + i], logits[i], 1e-4) << name;
        EXPECT_THAT(result->notes, note[0] ? testing::Matcher<std::vector<std::string>>(
                                                 testing::Contains(HasSubstr(note)))
                                           : testing::IsEmpty())
            << name;
    }
}

TEST(Forward, RefusesOrSaysWhatItCannotDo)
{
    if (!casePath("c02a-is-causal-false"))
        GTEST_SKIP() << "VITRINE_TEST_DATA is not set, or holds no cases";
    for (const auto& [name, what] : {std::pair{"c02a-is-causal-false", "\"is_causal\""},
                                     {"c03b-rope-both-linear-old-default-new", "\"linear\""},
                                     {"c04a-scaling-factor-only", "\"factor\""},
                                     {"c11c-metadata-number", "\"epoch\""},
                                     {"c13c-peft-prefixed", "\"base_model.model.\""}}) {
        const auto result = runCase(ForwardExperiment(), name);
        ASSERT_FALSE(result) << name;
        EXPECT_EQ(exitCode(result.error().kind), 3) << name;
        EXPECT_THAT(result.error().message, HasSubstr(what)) << name;
    }
    for (const auto& [name, note] : {std::pair{"c13-adapter-beside-model", "LoRA adapter"},
                                     {"c14h-auto-map", "modeling_custom"}})
        EXPECT_THAT(runCase(ForwardExperiment(), name)->notes, testing::Contains(HasSubstr(note)));
    EXPECT_TRUE(runCase(ForwardExperiment(), "c11b-metadata-null"));
}

TEST(Forward, AClassifierHasNoNextTokens)
{
    if (!casePath("c09-sequence-classification"))
        GTEST_SKIP() << "VITRINE_TEST_DATA is not set, or holds no cases";
    const char* name = "c09-sequence-classification";

    const auto result = runCase(ForwardExperiment(), name, {{"outputs", "logits,attention"}});

    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->table("top"), nullptr);
    EXPECT_TRUE(std::isnan(metric(*result, "perplexity")));
    EXPECT_THAT(result->notes, testing::Contains(HasSubstr("no language head")));
    const auto file = Safetensors::open(result->artifact("forward.safetensors")->path);
    EXPECT_FALSE(file->has("logits"));
    EXPECT_TRUE(file->has("attention.0"));
    EXPECT_TRUE(runCase(CaptureExperiment(), name, {{"overhead", "false"}}));
    EXPECT_THAT(runCase(GenerateExperiment(), name).error().message, HasSubstr("no language head"));
}

TEST(Generate, SaysWhatTheGenerationConfigAsksForInVain)
{
    const auto path = tinyModel();
    const auto notesWith = [&](const char* text) {
        std::ofstream(path / "generation_config.json") << text;
        const auto result = run(
            GenerateExperiment(),
            {{"model", path.string()}, {"token_ids", "1,5,9"}, {"max_tokens", "2"}}, folder("out"));
        EXPECT_TRUE(result) << result.error().message;
        return result->notes;
    };
    EXPECT_THAT(notesWith(R"({"eos_token_id": 2, "max_length": 7, "do_sample": false})"),
                testing::IsEmpty());
    EXPECT_THAT(notesWith(R"({"do_sample": true, "repetition_penalty": 1.2, "top_p": null})"),
                testing::ElementsAre(
                    HasSubstr("generation_config.json sets do_sample, repetition_penalty;")));
}

TEST(Generate, EndsWhereTheGenerationConfigSays)
{
    if (!casePath("c16-generation-config-eos"))
        GTEST_SKIP() << "VITRINE_TEST_DATA is not set, or holds no cases";

    const auto result = runCase(GenerateExperiment(), "c16-generation-config-eos",
                                {{"token_ids", "1,71,294,436"}, {"max_tokens", "60"}});

    ASSERT_TRUE(result) << result.error().message;
    const auto& ids = result->table("ids")->rows;
    EXPECT_LT(ids.size(), 10u);
    EXPECT_EQ(number(ids.back()[1]), 301);
}

TEST(Capture, WhatIsNotFiniteStaysSoAndIsNamed)
{
    if (!casePath("c12a-inf-weight"))
        GTEST_SKIP() << "VITRINE_TEST_DATA is not set, or holds no cases";
    for (const char* name : {"c12a-inf-weight", "c12b-nan-embedding-row"}) {
        const auto capture = runCase(CaptureExperiment(), name, {{"overhead", "false"}});
        ASSERT_TRUE(capture) << capture.error().message;
        EXPECT_THAT(capture->notes, testing::Contains(HasSubstr("Numbers stop being finite")));
        EXPECT_THAT(capture->notes,
                    testing::Contains(HasSubstr("The maps of these heads are not finite")));
        for (const char* figure : {"sink_heads_share", "later_sinks", "entropy_mean"})
            EXPECT_TRUE(std::isnan(metric(*capture, figure))) << figure;
        const auto forward = runCase(ForwardExperiment(), name);
        ASSERT_TRUE(forward) << forward.error().message;
        EXPECT_TRUE(std::isnan(metric(*forward, "perplexity")));
        EXPECT_EQ(forward->table("top"), nullptr);
        EXPECT_THAT(runCase(GenerateExperiment(), name).error().message,
                    HasSubstr("stop being finite"));
    }
}

TEST(Forward, WrongWishesAreOneLineEach)
{
    const std::string model = tinyModel().string();
    const auto message = [&](const Given& more) {
        Given given = {{"model", model}, {"token_ids", "1,2"}};
        given.insert(more.begin(), more.end());
        const auto result = run(ForwardExperiment(), given, folder("out"));
        EXPECT_FALSE(result);
        EXPECT_EQ(result.error().kind, ErrorKind::argument);
        return result.error().message;
    };

    EXPECT_THAT(message({{"outputs", "logits,gradients"}}), HasSubstr("gradients"));
    EXPECT_THAT(message({{"layers", "4"}}), HasSubstr("layers 0 to 3"));
    EXPECT_THAT(message({{"heads", "9"}}), HasSubstr("heads 0 to 3"));
    const auto outside =
        run(ForwardExperiment(), {{"model", model}, {"token_ids", "1,60"}}, folder("out"));
    EXPECT_THAT(outside.error().message, HasSubstr("0 to 59"));
    const auto text =
        run(ForwardExperiment(), {{"model", model}, {"prompt", "hello"}}, folder("out"));
    EXPECT_THAT(text.error().message, HasSubstr("token_ids"));
    EXPECT_FALSE(run(ForwardExperiment(),
                     {{"model", model}, {"token_ids", "1"}, {"prompt", "hello"}}, folder("out")));
    EXPECT_FALSE(run(ForwardExperiment(), {{"model", model}}, folder("out")));
}

// The per-head figures of a map, the slow and obvious way.
struct Slow {
    double firstMass = 0, entropy = 0, distance = 0;
    std::vector<double> score;
};
Slow slow(const float* map, int tokens, const std::vector<std::int32_t>& rows)
{
    Slow result;
    result.score.resize(size_t(tokens));
    for (int i = 0; i < tokens; ++i) {
        for (int j = 0; j <= i; ++j) {
            const double weight = double(map[i * tokens + j]);
            result.firstMass += i >= 1 && j == 0 ? weight / (tokens - 1) : 0;
            result.entropy -= weight > 0 ? weight * std::log(weight) / tokens : 0;
            result.distance += weight * (i - j) / tokens;
            result.score[size_t(j)] += weight / rows[size_t(j)];
        }
    }
    return result;
}

TEST(Capture, AgreesWithTheMapsOfModelForward)
{
    for (const std::int64_t window : {0, 7}) {
        const std::string model = tinyModel(window).string();
        const auto forward =
            run(ForwardExperiment(),
                {{"model", model}, {"token_ids", someIds(40)}, {"outputs", "attention"}},
                folder("forward"));
        const auto result = run(CaptureExperiment(),
                                {{"model", model},
                                 {"token_ids", someIds(40)},
                                 {"rule", "absolute"},
                                 {"tau", "0.02"},
                                 {"min_rows", "3"}},
                                folder("capture"));
        ASSERT_TRUE(forward) << forward.error().message;
        ASSERT_TRUE(result) << result.error().message;
        const auto maps = Safetensors::open(forward->artifact("forward.safetensors")->path);
        const auto capture =
            attention::Capture::open(result->artifact("capture.safetensors")->path);
        ASSERT_TRUE(capture) << capture.error().message;
        const auto rows = attention::columnRows(40, window);

        const Table& heads = *result->table("heads");
        ASSERT_EQ(heads.rows.size(), 16u);
        std::size_t sinks = 0;
        double massOfLaterLayers = 0;
        for (int l = 0; l < 4; ++l) {
            const auto map = toFloat(*maps->tensor("attention." + std::to_string(l)));
            for (int h = 0; h < 4; ++h) {
                const Slow expected = slow(map.data() + h * 1600, 40, rows);
                const auto& row = heads.rows[size_t(l * 4 + h)];
                EXPECT_EQ(number(row[0]), l);
                EXPECT_EQ(number(row[1]), h);
                EXPECT_NEAR(number(row[size_t(heads.column("first_token_mass"))]),
                            expected.firstMass, 1e-6);
                EXPECT_NEAR(number(row[size_t(heads.column("entropy"))]), expected.entropy, 1e-5);
                EXPECT_NEAR(number(row[size_t(heads.column("distance"))]), expected.distance, 1e-4);
                EXPECT_NEAR(number(row[size_t(heads.column("entropy_over_uniform"))]),
                            expected.entropy / attention::uniformEntropy(40, window), 1e-5);
                const auto score = capture->columnScore(l, h);
                for (std::size_t j = 0; j < 40; ++j)
                    EXPECT_NEAR(score[j], expected.score[j], 1e-6);
                const auto tile = *capture->tile(l, h, {0, 0, 40, 40});
                for (std::size_t i = 0; i < 1600; ++i) {
                    const float weight = map[size_t(h) * 1600 + i];
                    EXPECT_NEAR(std::isnan(tile[i]) ? 0.0f : tile[i], weight, 2e-6);
                }
                sinks += size_t(number(row[size_t(heads.column("sinks"))]));
                massOfLaterLayers += l >= 2 ? expected.firstMass / 8 : 0;
            }
        }
        EXPECT_EQ(result->table("sinks")->rows.size(), sinks);
        EXPECT_GT(sinks, 0u);
        EXPECT_NEAR(metric(*result, "first_token_mass"), massOfLaterLayers, 1e-6);
    }
}

TEST(Capture, ChoosesLayersAndHeadsToKeep)
{
    const auto result = run(CaptureExperiment(),
                            {{"model", tinyModel().string()},
                             {"token_ids", someIds(12)},
                             {"layers", "1,3"},
                             {"keep", "3.2,0.0"},
                             {"overhead", "false"}},
                            folder("out"));

    ASSERT_TRUE(result) << result.error().message;
    const auto capture = attention::Capture::open(result->artifact("capture.safetensors")->path);
    ASSERT_TRUE(capture) << capture.error().message;
    EXPECT_EQ(capture->layerIds(), (std::vector{1, 3}));
    EXPECT_TRUE(capture->keeps(1, 2));
    EXPECT_FALSE(capture->keeps(1, 1)) << "not asked for";
    EXPECT_EQ(metric(*result, "layers"), 2);
    EXPECT_TRUE(std::isnan(metric(*result, "capture_overhead")));
    EXPECT_EQ(result->metric("capture_overhead")->origin, Origin::measured);
    const auto wrong = run(CaptureExperiment(),
                           {{"model", tinyModel().string()}, {"token_ids", "1,2"}, {"keep", "4.0"}},
                           folder("out"));
    EXPECT_THAT(wrong.error().message, HasSubstr("layers 0 to 3"));
}

TEST(Capture, ABudgetTooSmallForAllHeadsKeepsTheFirstAndSaysSo)
{
    const auto result =
        run(CaptureExperiment(),
            {{"model", tinyModel().string()}, {"token_ids", someIds(12)}, {"budget", "0"}},
            folder("out"));

    ASSERT_TRUE(result) << result.error().message;
    EXPECT_THAT(result->notes, testing::Contains(HasSubstr("first 0 of 16 heads")));
}

TEST(Capture, RepeatsBitForBit)
{
    const Given given = {
        {"model", tinyModel().string()}, {"token_ids", someIds(33)}, {"alpha", "1.1"}};
    const auto first = run(CaptureExperiment(), given, folder("a"));
    const auto second = run(CaptureExperiment(), given, folder("b"));

    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->tables, second->tables);
    EXPECT_FALSE(first->table("sinks")->rows.empty());
}

// A text file for the shipped model; its tokens as the heads see them.
std::vector<std::string> piecesOf(const std::string& text, const Given& more = {})
{
    const auto file = folder("in") / "text.txt";
    std::ofstream(file) << text;
    Given given = {{"model", "vitrine-lm"},
                   {"prompt_file", file.string()},
                   {"keep", "none"},
                   {"overhead", "false"}};
    given.insert(more.begin(), more.end());
    const auto result = run(CaptureExperiment(), given, folder("out"));
    EXPECT_TRUE(result) << result.error().message;
    if (!result)
        return {};
    return attention::Capture::open(result->artifacts[0].path)->tokenTexts();
}

TEST(Text, EachDocumentBeginsWithItsOwnMark)
{
    const auto begins = [](const std::vector<std::string>& pieces) {
        return std::ranges::count(pieces, "<s>");
    };

    const auto one = piecesOf("Peace and war.\n");
    EXPECT_EQ(one.front(), "<s>");
    EXPECT_EQ(begins(one), 1);
    for (const char* text :
         {"Peace and war.\n---\nPeace and war.\n", "Peace and war.\n <s> \r\nPeace and war.",
          "---\nPeace and war.\n---\n---\nPeace and war.\n---"}) {
        const auto two = piecesOf(text);
        EXPECT_EQ(begins(two), 2) << text;
        EXPECT_THAT(two, testing::Not(testing::Contains("---")));
        const auto second = std::find(two.begin() + 1, two.end(), "<s>");
        EXPECT_TRUE(std::equal(two.begin(), two.begin() + 4, second)) << text;
    }
    EXPECT_EQ(begins(piecesOf("Peace.\n---\nWar.\n", {{"documents", "off"}})), 1);
}

TEST(Text, ALongFileIsCutAtTheContextAndSaysSo)
{
    std::string text;
    for (int i = 0; i < 20000; ++i)
        text += "The state of the union is strong. ";
    const auto file = folder("in") / "long.txt";
    std::ofstream(file) << text;

    const auto result =
        run(CaptureExperiment(), {{"model", "vitrine-lm"}, {"prompt_file", file.string()}},
            folder("out"));

    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(metric(*result, "tokens"), 512);
    EXPECT_THAT(result->notes, testing::Contains(HasSubstr("first 512 tokens")));
    EXPECT_THAT(textNotes(result->notes), testing::ElementsAre(HasSubstr("first 512 tokens")))
        << "views know it";
    EXPECT_THAT(result->inputs,
                testing::Contains(testing::Field(&InputFile::parameter, "prompt_file")));
    EXPECT_THAT(result->inputs, testing::Contains(testing::Field(&InputFile::parameter, "model")));
}

TEST(Text, AnEmptyTextIsRefused)
{
    const auto result =
        run(CaptureExperiment(), {{"model", "vitrine-lm"}, {"prompt", " \n"}}, folder("out"));

    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("empty"));
}

TEST(Generate, GreedyContinuationFollowsTheLikeliestTokenOfModelForward)
{
    const std::string model = tinyModel().string();
    const auto result =
        run(GenerateExperiment(),
            {{"model", model}, {"token_ids", someIds(6)}, {"max_tokens", "5"}}, folder("out"));

    ASSERT_TRUE(result) << result.error().message;
    std::string ids = someIds(6);
    for (const auto& row : result->table("ids")->rows) {
        const auto forward =
            run(ForwardExperiment(), {{"model", model}, {"token_ids", ids}}, folder("forward"));
        ASSERT_TRUE(forward);
        EXPECT_EQ(number(row[1]), number(forward->table("top")->rows[0][1]));
        ids += "," + std::to_string(int(number(row[1])));
    }
    EXPECT_LE(metric(*result, "tokens"), 5);
    EXPECT_GE(metric(*result, "tokens"), 1);
}

TEST(Generate, TheSeedDecidesWhatIsDrawn)
{
    const std::string model = tinyModel().string();
    const auto ids = [&](const char* seed) {
        const auto result = run(GenerateExperiment(),
                                {{"model", model},
                                 {"token_ids", someIds(6)},
                                 {"max_tokens", "12"},
                                 {"temperature", "2"},
                                 {"seed", seed}},
                                folder("out"));
        EXPECT_TRUE(result) << result.error().message;
        return result->table("ids")->rows;
    };

    EXPECT_EQ(ids("1"), ids("1"));
    EXPECT_NE(ids("1"), ids("2"));
}

TEST(Import, MapsOfModelForwardGiveTheFiguresOfACapture)
{
    const std::string model = tinyModel().string();
    const auto forward =
        run(ForwardExperiment(),
            {{"model", model}, {"token_ids", someIds(30)}, {"outputs", "attention"}},
            folder("forward"));
    const auto captured =
        run(CaptureExperiment(), {{"model", model}, {"token_ids", someIds(30)}, {"alpha", "1.2"}},
            folder("capture"));
    ASSERT_TRUE(forward && captured);
    const auto maps = Safetensors::open(forward->artifact("forward.safetensors")->path);
    std::vector<float> all;
    for (int l = 0; l < 4; ++l)
        for (const float weight : toFloat(*maps->tensor("attention." + std::to_string(l))))
            all.push_back(weight);
    const auto file = folder("in") / "maps.safetensors";
    ASSERT_TRUE(writeSafetensors(
        file, {{"attention", {DType::f32, {4, 4, 30, 30}, std::as_bytes(std::span(all))}}}));

    const auto imported =
        run(ImportExperiment(), {{"file", file.string()}, {"alpha", "1.2"}}, folder("import"));

    ASSERT_TRUE(imported) << imported.error().message;
    for (const char* name : {"tokens", "layers", "heads", "sink_heads_share", "later_sinks"})
        EXPECT_EQ(metric(*imported, name), metric(*captured, name)) << name;
    EXPECT_NEAR(metric(*imported, "entropy_mean"), metric(*captured, "entropy_mean"), 1e-5);
    const auto capture = attention::Capture::open(imported->artifact("capture.safetensors")->path);
    ASSERT_TRUE(capture) << capture.error().message;
    EXPECT_EQ((*capture->tile(2, 1, {29, 3, 1, 1}))[0],
              all[size_t((2 * 4 + 1) * 900 + 29 * 30 + 3)]);
}

TEST(Import, QueriesAndKeysGiveTheFiguresOfACapture)
{
    const std::string model = tinyModel().string();
    const auto captured =
        run(CaptureExperiment(), {{"model", model}, {"token_ids", someIds(30)}}, folder("capture"));
    ASSERT_TRUE(captured);
    const auto kept = Safetensors::open(captured->artifact("capture.safetensors")->path);
    std::vector<float> q, k;
    for (int l = 0; l < 4; ++l) {
        for (int h = 0; h < 4; ++h) {
            const std::string where = std::to_string(l) + "." + std::to_string(h);
            const auto more = toFloat(*kept->tensor("q." + where));
            q.insert(q.end(), more.begin(), more.end());
            const auto keys = toFloat(*kept->tensor("k." + where));
            if (h % 2 == 0) // two query heads share a key head
                k.insert(k.end(), keys.begin(), keys.end());
        }
    }
    const auto file = folder("in") / "qk.safetensors";
    ASSERT_TRUE(
        writeSafetensors(file, {{"q", {DType::f32, {4, 4, 30, 8}, std::as_bytes(std::span(q))}},
                                {"k", {DType::f32, {4, 2, 30, 8}, std::as_bytes(std::span(k))}}}));

    const auto imported = run(ImportExperiment(), {{"file", file.string()}}, folder("import"));

    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_NEAR(metric(*imported, "entropy_mean"), metric(*captured, "entropy_mean"), 1e-5);
    EXPECT_NEAR(metric(*imported, "first_token_mass"), metric(*captured, "first_token_mass"), 1e-6);
}

TEST(Import, WhatIsNoCausalMapIsRefused)
{
    const auto message = [](std::vector<float> values, std::vector<std::int64_t> shape,
                            const char* name) {
        const auto file = folder("in") / "bad.safetensors";
        EXPECT_TRUE(writeSafetensors(
            file, {{name, {DType::f32, shape, std::as_bytes(std::span(values))}}}));
        const auto result = run(ImportExperiment(), {{"file", file.string()}}, folder("out"));
        EXPECT_FALSE(result);
        return result ? std::string() : result.error().message;
    };

    EXPECT_THAT(message({0.5f, 0.5f, 0.5f, 0.5f}, {1, 2, 2}, "attention"), HasSubstr("later key"));
    EXPECT_THAT(message({1, 0, -0.5f, 1.5f}, {1, 2, 2}, "attention"), HasSubstr("0 to 1 expected"));
    EXPECT_THAT(message({1, 0, NAN, 1}, {1, 2, 2}, "attention"), HasSubstr("0 to 1 expected"));
    EXPECT_THAT(message({1, 0}, {1, 1, 2}, "attention"), HasSubstr("square"));
    EXPECT_THAT(message({1, 0}, {2}, "attention"), HasSubstr("dimensions"));
    EXPECT_THAT(message({1, 0}, {2}, "weights"), HasSubstr("neither"));
}

} // namespace
} // namespace vitrine::attention_plugin
