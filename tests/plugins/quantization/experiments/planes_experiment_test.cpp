#include "plugins/quantization/experiments/planes_experiment.h"

#include "core/base/file.h"
#include "core/base/resources.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/experiments/llm_experiment.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::HasSubstr;
using Texts = std::map<std::string, std::string>;

constexpr const char* kFirstUp = "model.layers.0.mlp.up_proj.weight";

// The shipped model packed once: three planes of binary codes.
class PlanesExperimentTest : public testing::Test
{
protected:
    static void SetUpTestSuite()
    {
        folder = new tests::TemporaryFolder;
        packed = new RunResult(quantize("bcq", "packed", {{"rounds", "1"}}));
    }
    static void TearDownTestSuite()
    {
        delete packed;
        delete folder;
    }
    static RunResult quantize(const char* method, const char* name, const Texts& more)
    {
        Texts given = {{"method", method},        {"bits", "3"},
                       {"windows", "1"},          {"window", "128"},
                       {"speed_tokens", "0"},     {"group", "32"},
                       {"evaluate_windows", "2"}, {"out", (folder->path / name).string()}};
        given.insert(more.begin(), more.end());
        const LlmExperiment experiment;
        QuietProgress progress(folder->path);
        auto result = experiment.run(*resolveParams(experiment, given), progress);
        EXPECT_TRUE(result) << result.error().message;
        return result ? *std::move(result) : RunResult{};
    }
    static Params params(const Texts& more)
    {
        Texts given = {{"packed", (folder->path / "packed").string()},
                       {"window", "128"},
                       {"max_tokens", "8"},
                       {"speed_tokens", "0"}};
        for (const auto& [name, value] : more)
            given[name] = value;
        auto resolved = resolveParams(PlanesExperiment(), given);
        EXPECT_TRUE(resolved) << resolved.error().message;
        return resolved ? *std::move(resolved) : Params{};
    }
    static Result<RunResult> run(const Texts& more)
    {
        QuietProgress progress(folder->path);
        return PlanesExperiment().run(params(more), progress);
    }
    static RunResult done(const Texts& more)
    {
        auto result = run(more);
        EXPECT_TRUE(result) << result.error().message;
        return result ? *std::move(result) : RunResult{};
    }
    static std::string refusal(const Texts& more)
    {
        const auto result = run(more);
        return result ? "" : result.error().message;
    }

    static tests::TemporaryFolder* folder;
    static RunResult* packed;
};
tests::TemporaryFolder* PlanesExperimentTest::folder = nullptr;
RunResult* PlanesExperimentTest::packed = nullptr;

TEST_F(PlanesExperimentTest, AllPlanesAreTheRunThatMadeThem)
{
    const RunResult all = done({});
    const auto metric = [&](const char* name) { return metricOf(all, name); };
    EXPECT_EQ(metric("planes"), 3);
    for (const auto& [here, there] : {std::pair{"bits_per_weight", "bits_per_weight"},
                                      {"perplexity_original", "perplexity_original"},
                                      {"perplexity_planes", "perplexity_quantized"},
                                      {"kl_mean", "kl_mean"},
                                      {"same_best", "same_best"},
                                      {"predicted", "predicted"}})
        EXPECT_NEAR(metric(here), metricOf(*packed, there), 1e-9 * metric(here)) << here;
    EXPECT_EQ(metric("bits_original"), 16);
}

TEST_F(PlanesExperimentTest, FewerPlanesTakeFewerBitsAndPredictWorse)
{
    double bits = 0, perplexity = 1e9, divergence = 1e9;
    for (const char* planes : {"1", "2", "3"}) {
        const RunResult out = done({{"planes", planes}});
        EXPECT_GT(metricOf(out, "bits_per_weight"), bits);
        EXPECT_LT(metricOf(out, "perplexity_planes"), perplexity);
        EXPECT_LT(metricOf(out, "kl_mean"), divergence);
        bits = metricOf(out, "bits_per_weight");
        perplexity = metricOf(out, "perplexity_planes");
        divergence = metricOf(out, "kl_mean");
        const Table* next = out.table("next");
        ASSERT_TRUE(next);
        ASSERT_EQ(next->rows.size(), 5u);
        const RowReader first(*next, 0), second(*next, 1);
        EXPECT_GE(first.number("p_planes"), second.number("p_planes"));
        EXPECT_GE(first.number("p_original"), second.number("p_original"));
        EXPECT_FALSE(first.text("token_original").empty());
    }
    EXPECT_NEAR(bits, 3 + 3 * 16 / 32.0, 1e-9); // half-precision scales of 32 weights
}

TEST_F(PlanesExperimentTest, ContinuationsAreTheLikeliestTokens)
{
    const RunResult out = done({{"planes", "1"}, {"prompt", "The old man"}});
    const Table* table = out.table("continuations");
    ASSERT_TRUE(table);
    ASSERT_EQ(table->rows.size(), 3u);
    const RowReader original(*table, 0), version(*table, 1), shared(*table, 2);
    EXPECT_EQ(original.whole("tokens"), 8);
    EXPECT_NE(original.text("text"), version.text("text"));
    EXPECT_THAT(original.text("text"), testing::StartsWith(shared.text("text")));
    EXPECT_LT(shared.whole("tokens"), 8);
    const RunResult none = done({{"max_tokens", "0"}, {"evaluate_windows", "0"}});
    EXPECT_EQ(RowReader(*none.table("continuations"), 0).whole("tokens"), 0);
    EXPECT_TRUE(none.table("next"));
    EXPECT_TRUE(std::isnan(metricOf(none, "perplexity_planes")));
}

TEST_F(PlanesExperimentTest, ALayerMayHaveItsOwnPlanes)
{
    const RunResult out = done({{"layer_planes", std::string(kFirstUp) + "=1"}});
    const Table* layers = out.table("layers");
    ASSERT_TRUE(layers);
    for (std::size_t row = 0; row < layers->rows.size(); ++row) {
        const RowReader reader(*layers, row);
        EXPECT_EQ(reader.whole("used"), reader.text("layer") == kFirstUp ? 1 : 3);
    }
    const double all = metricOf(done({}), "perplexity_planes");
    EXPECT_NE(metricOf(out, "perplexity_planes"), all);
}

TEST_F(PlanesExperimentTest, ASessionAnswersAsARunDoes)
{
    const PlanesExperiment experiment;
    auto session = experiment.open(params({}));
    ASSERT_TRUE(session) << session.error().message;
    QuietProgress progress(folder->path);
    for (const Texts& wish :
         {Texts{{"planes", "3"}}, Texts{{"planes", "1"}},
          Texts{{"planes", "1"}, {"prompt", "A whale"}},
          Texts{{"planes", "3"}, {"evaluate_windows", "1"}},
          Texts{{"planes", "2"}, {"layer_planes", std::string(kFirstUp) + "=1"}},
          Texts{{"planes", "3"}}}) {
        const auto live = (*session)->update(params(wish), progress);
        ASSERT_TRUE(live) << live.error().message;
        const RunResult kept = done(wish);
        EXPECT_EQ(live->metrics, kept.metrics);
        EXPECT_EQ(live->tables, kept.tables);
    }
    // A refusal leaves the session as it was.
    EXPECT_FALSE((*session)->update(params({{"planes", "4"}}), progress));
    EXPECT_TRUE((*session)->update(params({{"planes", "2"}}), progress));
    progress.cancel();
    const auto stopped = (*session)->update(params({{"prompt", "Another"}}), progress);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
}

TEST_F(PlanesExperimentTest, SpeedIsMeasured)
{
    const RunResult out = done({{"speed_tokens", "4"}, {"evaluate_windows", "0"}});
    for (const char* name : {"tokens_per_second_original", "tokens_per_second_planes"}) {
        ASSERT_TRUE(out.metric(name)) << name;
        EXPECT_GT(out.metric(name)->value, 0);
        EXPECT_EQ(out.metric(name)->origin, Origin::measured);
    }
}

TEST_F(PlanesExperimentTest, AGridIsLeftWithFewerBits)
{
    quantize("rtn", "grid", {});
    const std::string grid = (folder->path / "grid").string();
    const double two = metricOf(done({{"packed", grid}, {"planes", "2"}}), "bits_per_weight"),
                 three = metricOf(done({{"packed", grid}}), "bits_per_weight");
    EXPECT_NEAR(three, 3 + 16 / 32.0, 1e-9);
    EXPECT_NEAR(two, 2 + 16 / 32.0, 1e-9); // the steps stay
}

TEST_F(PlanesExperimentTest, RefusesByNameWhatCannotBe)
{
    const std::string shipped = findModel("vitrine-lm")->string();
    EXPECT_THAT(refusal({{"packed", shipped}}), HasSubstr("is stored as numbers, not as planes"));
    EXPECT_THAT(refusal({{"packed", (folder->path / "gone").string()}}), HasSubstr("gone"));
    EXPECT_THAT(refusal({{"planes", "4"}}), HasSubstr("4 planes are not possible"));
    EXPECT_THAT(refusal({{"layer_planes", "lm_head.weight=1"}}), HasSubstr("lm_head.weight"));
    std::string longPrompt;
    for (int i = 0; i < 2000; ++i)
        longPrompt += "whale ";
    EXPECT_THAT(refusal({{"prompt", longPrompt}}), HasSubstr("the prompt has"));
}

TEST(LayerPlanesText, IsReadBackAndChecked)
{
    const std::map<std::string, int> planes = {{"a.weight", 2}, {"b.weight", 1}};
    EXPECT_EQ(layerPlanesText(planes), "a.weight=2,b.weight=1");
    EXPECT_EQ(*parseLayerPlanes(layerPlanesText(planes)), planes);
    EXPECT_TRUE(parseLayerPlanes("")->empty());
    for (const char* wrong : {"a", "=2", "a=", "a=0", "a=9", "a=1.5", "a=2,,b=1", "a=1,a=2", "a=x"})
        EXPECT_FALSE(parseLayerPlanes(wrong)) << wrong;
}

} // namespace
} // namespace vitrine::quantization_plugin
