#include "plugins/learning/experiments/score_experiment.h"
#include "plugins/learning/experiments/tokens.h"
#include "plugins/learning/experiments/train_experiment.h"
#include "plugins/learning/figures/figures.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/attention/sinks.h"
#include "core/base/file.h"
#include "core/base/random.h"
#include "core/jobs/experiment/trainer.h"
#include "core/model/llm/llm_checkpoint.h"
#include "plugins/learning/experiments/sinks.h"
#include "tests/support/tiny_llm.h"

namespace vitrine::learning_plugin
{
namespace
{

using testing::HasSubstr;
namespace fs = std::filesystem;

fs::path folder(const std::string& name)
{
    const auto path = fs::temp_directory_path() / "vitrine-learning" /
                      testing::UnitTest::GetInstance()->current_test_info()->name() / name;
    fs::remove_all(path);
    fs::create_directories(path);
    return path;
}

// Token files of one source: documents in which token 5 follows 4 and 6 follows 5, mostly.
void writeTokens(const fs::path& path, const std::string& name, int documents, int length,
                 std::uint64_t seed)
{
    Random random(seed);
    std::string bytes, index;
    const int each = length + 2;
    index = "source tiny 1 0 " + std::to_string(documents * each) + "\n";
    for (int d = 0; d < documents; ++d) {
        index += "document 0 " + std::to_string(d * each) + " " + std::to_string(each) + "\n";
        for (int i = 0; i < each; ++i) {
            const int id = i == 0                   ? 1
                           : i == each - 1          ? 2
                           : random.uniform() < 0.9 ? 4 + i % 20
                                                    : 4 + static_cast<int>(random.below(20));
            bytes += static_cast<char>(id);
            bytes += '\0';
        }
    }
    std::ofstream(path / (name + ".tokens"), std::ios::binary) << bytes;
    std::ofstream(path / (name + ".documents")) << index;
}

Result<RunResult> run(const Experiment& experiment, const std::map<std::string, std::string>& given,
                      Progress& progress)
{
    const auto params = resolveParams(experiment, given);
    if (!params)
        return tl::unexpected(params.error());
    return experiment.run(*params, progress);
}

double metric(const RunResult& result, const std::string& name)
{
    const Metric* found = result.metric(name);
    EXPECT_NE(found, nullptr) << name;
    return found ? found->value : NAN;
}

TEST(TokenText, ReadsDocumentsAndRefusesAnIndexThatDoesNotFit)
{
    const auto path = folder("data");
    writeTokens(path, "train", 3, 10, 1);
    const auto good = readTokenText(path, "train", 30);
    ASSERT_TRUE(good) << good.error().message;
    ASSERT_EQ(good->size(), 1u);
    ASSERT_EQ(good->front().documents.size(), 3u);
    EXPECT_EQ(good->front().documents[2].front(), 1);
    EXPECT_EQ(good->front().documents[2].back(), 2);

    EXPECT_THAT(readTokenText(path, "train", 10).error().message,
                HasSubstr("outside the vocabulary"));
    for (const char* index :
         {"document 0 0 5\n", "source a 1 0 36\ndocument 0 30 7\n",
          "source a 1 0 36\ndocument 1 0 2\n", "source a 1 0 99999999999999999999\n",
          "source a 1 -1 4\n", "nonsense\n"}) {
        std::ofstream(path / "train.documents") << index;
        EXPECT_FALSE(readTokenText(path, "train", 30)) << index;
    }
    EXPECT_FALSE(readTokenText(path, "missing", 30));
}

TEST(Recipe, IsKeyEqualsValueWithComments)
{
    const auto file = folder("in") / "a.recipe";
    std::ofstream(file) << "# a comment\nwidth = 32   # narrow\n\nwindows = 0:16 0.5:32\r\n";
    const auto recipe = readRecipe(file);
    ASSERT_TRUE(recipe);
    EXPECT_EQ(*recipe,
              (std::map<std::string, std::string>{{"width", "32"}, {"windows", "0:16 0.5:32"}}));

    std::ofstream(file) << "width = 32\nheads\n";
    EXPECT_THAT(readRecipe(file).error().message, HasSubstr("line 2"));
}

model::Llm seededModel()
{
    model::LlmConfig config;
    config.hidden = 16;
    config.layers = 3;
    config.heads = config.kvHeads = 2;
    config.headSize = 8;
    config.mlp = 16;
    config.vocabulary = 40;
    config.context = 64;
    auto tiny = std::make_shared<tests::TinyCheckpoint>(config, 3);
    return *model::Llm::open(tiny);
}

TEST(Sinks, MeansAreThoseOfTheMaps)
{
    const model::Llm llm = seededModel();
    Texts texts;
    for (int t = 0; t < 3; ++t) {
        texts.emplace_back(std::vector<std::int32_t>{1});
        for (int i = 0; i < 30; ++i)
            texts.back().push_back(4 + (i * 7 + t) % 30);
    }
    const auto goOn = [] { return true; };

    const auto sinks = firstTokenSinks(llm, texts, 20, goOn);

    ASSERT_TRUE(sinks) << sinks.error().message;
    std::vector<double> mean(6);
    for (const auto& text : texts) {
        model::ForwardRequest request;
        request.summaries = true;
        const auto result = llm.forward(std::span(text).first(20), request);
        for (int l = 0; l < 3; ++l)
            for (int h = 0; h < 2; ++h)
                mean[size_t(l * 2 + h)] +=
                    result->summaries[size_t(l)][size_t(h)].firstTokenMass / 3;
    }
    EXPECT_NEAR(sinks->best, *std::max_element(mean.begin(), mean.end()), 1e-6);
    EXPECT_NEAR(sinks->mass, (mean[4] + mean[5]) / 2, 1e-6);
    double share = 0;
    for (const double mass : mean)
        share += attention::hasFirstTokenSink(mass, 20) ? 1.0 / 6 : 0;
    EXPECT_NEAR(sinks->share, share, 1e-12);

    const auto later = laterSinks(llm, texts, texts, 20, goOn);
    ASSERT_TRUE(later);
    EXPECT_GT(later->best, 0);
    EXPECT_LT(later->best, 1);
    const auto stopped = firstTokenSinks(llm, texts, 20, [] { return false; });
    EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
}

TEST(Score, TheShippedModelOnTheShippedTexts)
{
    QuietProgress progress(folder("out"));
    const auto result = run(ScoreExperiment(), {{"lengths", "32"}}, progress);

    ASSERT_TRUE(result) << result.error().message;
    EXPECT_GT(metric(*result, "perplexity_texts"), 1);
    EXPECT_LT(metric(*result, "perplexity_texts"),
              400); // far below the vocabulary of 4,096: it has learnt something
    EXPECT_TRUE(std::isnan(metric(*result, "perplexity")));
    const Table& sinks = *result->table("sinks");
    ASSERT_EQ(sinks.rows.size(), 1u);
    EXPECT_EQ(std::get<std::int64_t>(sinks.rows[0][1]), 20);
    EXPECT_EQ(std::get<double>(sinks.rows[0][3]), metric(*result, "sink_heads_share_32"));
}

TEST(Score, ATextFileWithoutTextsIsRefused)
{
    const auto file = folder("in") / "bad.jsonl";
    QuietProgress progress(folder("out"));
    for (const char* text :
         {"", "{\"txt\": \"a\"}\n", "[1]\n", "{\"text\": 3}\n", "{\"text\": \"a\"\n"}) {
        std::ofstream(file) << text;
        const auto result = run(ScoreExperiment(), {{"texts", file.string()}}, progress);
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().kind, ErrorKind::input) << text;
    }
}

TEST(Train, WithoutPreparedTextItSaysWhatToDo)
{
    QuietProgress progress(folder("out"));
    const auto result = run(TrainExperiment(), {{"data", folder("empty").string()}}, progress);

    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("packaging/retrain"));
}

// Trains for a second, is stopped in the middle, goes on.
TEST(Train, SmokeStopsAndGoesOn)
{
    if (const auto trainer = openTrainer(); !trainer)
        GTEST_SKIP() << trainer.error().message;
    const auto data = folder("data");
    writeTokens(data, "train", 30, 100, 1);
    writeTokens(data, "heldout", 4, 60, 2);
    const auto recipe = folder("in") / "tiny.recipe";
    std::ofstream(recipe)
        << "vocabulary = 32\nwidth = 16\nlayers = 2\nheads = 2\nfeed_forward = 32\ncontext = 32\n"
           "windows = 0:32\ntokens_per_step = 128\nwarm_up = 5\nevaluate_every = 10\nlearning_rate "
           "= 1e-2\n";
    struct Stopping : QuietProgress {
        using QuietProgress::QuietProgress;
        int limit = 1000000, calls = 0;
        bool advance(double, double, std::string_view) override { return ++calls <= limit; }
    };
    const auto out = folder("out");
    Stopping progress(out);
    const std::map<std::string, std::string> given = {
        {"recipe", recipe.string()}, {"data", data.string()}, {"steps", "60"}, {"threads", "1"}};

    progress.limit = 25;
    const auto stopped = run(TrainExperiment(), given, progress);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
    progress.limit = 1000000;
    const auto result = run(TrainExperiment(), given, progress);

    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(metric(*result, "tokens_seen"), 60 * 128);
    EXPECT_LT(metric(*result, "perplexity"), 20); // of 20 tokens that are likely at all
    EXPECT_LT(metric(*result, "baseline"), 20);
    EXPECT_EQ(result->metric("perplexity")->origin, Origin::computed);
    const auto opened = model::openLlmCheckpoint(out / "training" / "model");
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ((*opened)->config().layers, 2);
    EXPECT_NE(result->artifact("model.safetensors"), nullptr);

    RunRecord record;
    record.result = *result;
    ASSERT_EQ(figures({record}).size(), 1u);
    EXPECT_EQ(figures({record})[0].series.size(), 2u);
}

} // namespace
} // namespace vitrine::learning_plugin
