#include "plugins/attention/experiments/live.h"

#include <cmath>
#include <gtest/gtest.h>

#include "core/attention/capture.h"
#include "core/base/hash.h"
#include "plugins/attention/experiments/capture_experiment.h"
#include "tests/support/tiny_llm.h"

namespace vitrine::attention_plugin
{
namespace
{

using Given = std::map<std::string, std::string>;

std::filesystem::path liveFolder(const std::string& name)
{
    const auto path = std::filesystem::temp_directory_path() / "vitrine-live" /
                      testing::UnitTest::GetInstance()->current_test_info()->name() / name;
    std::filesystem::create_directories(path);
    return path;
}

std::filesystem::path liveModel()
{
    model::LlmConfig config;
    config.hidden = 32;
    config.layers = 3;
    config.heads = config.kvHeads = 4;
    config.headSize = 8;
    config.mlp = 48;
    config.vocabulary = 60;
    config.context = 128;
    config.dtype = "float32";
    const auto path = liveFolder("model");
    const auto exported = model::exportHuggingFace(tests::TinyCheckpoint(config, 5), path);
    EXPECT_TRUE(exported) << exported.error().message;
    return path;
}

std::string ids(int count, int step)
{
    std::string text = "1";
    for (int i = 1; i < count; ++i)
        text += "," + std::to_string(i * step % 60);
    return text;
}

Params resolved(Given given, const std::filesystem::path& model)
{
    given["model"] = model.string();
    const auto params = resolveParams(CaptureExperiment(), given);
    EXPECT_TRUE(params) << params.error().message;
    return *params;
}

// Computed metrics by name.
std::map<std::string, double> computed(const RunResult& result)
{
    std::map<std::string, double> values;
    for (const Metric& metric : result.metrics)
        if (metric.origin == Origin::computed)
            values[metric.name] = metric.value;
    return values;
}

void expectEqualToKeptRun(const RunResult& live, const Params& params)
{
    QuietProgress progress(liveFolder("kept"));
    const auto kept = CaptureExperiment().run(params, progress);
    ASSERT_TRUE(kept) << kept.error().message;
    EXPECT_EQ(computed(live), computed(*kept));
    EXPECT_EQ(live.tables, kept->tables);
    EXPECT_EQ(live.notes, kept->notes);
    EXPECT_EQ(live.inputs, kept->inputs);
    ASSERT_EQ(live.artifacts.size(), 1u);
    const auto a = attention::Capture::open(live.artifacts[0].path),
               b = attention::Capture::open(kept->artifacts[0].path);
    ASSERT_TRUE(a && b);
    EXPECT_EQ(*sha256OfFile(live.artifacts[0].path), *sha256OfFile(kept->artifacts[0].path));
}

TEST(CaptureLive, EveryAnswerEqualsAKeptRunOfTheSameParameters)
{
    const auto model = liveModel();
    const Given text = {{"token_ids", ids(50, 7)}};
    const auto with = [&](Given more) {
        more.insert(text.begin(), text.end());
        return resolved(more, model);
    };
    const auto session = CaptureExperiment().open(with({}));
    ASSERT_TRUE(session) << session.error().message;
    QuietProgress progress(liveFolder("live"));

    for (const Params& params :
         {with({}), with({{"alpha", "1.2"}}), with({{"rule", "absolute"}, {"tau", "0.03"}}),
          with({{"rule", "relative"}, {"alpha", "1.1"}, {"protect", "0"}}),
          with({{"alpha", "1.1"}, {"min_rows", "30"}}), with({{"layers", "2"}}),
          with({{"keep", "none"}}),
          resolved({{"token_ids", ids(21, 11)}, {"alpha", "1.5"}}, model)}) {
        const auto live = (*session)->update(params, progress);
        ASSERT_TRUE(live) << live.error().message;
        expectEqualToKeptRun(*live, params);
    }
}

TEST(CaptureLive, AnotherThresholdDoesNotRunTheModelAgain)
{
    const auto model = liveModel();
    const auto session = CaptureExperiment().open(resolved({{"token_ids", ids(40, 7)}}, model));
    ASSERT_TRUE(session);
    QuietProgress progress(liveFolder("live"));
    const auto first = (*session)->update(resolved({{"token_ids", ids(40, 7)}}, model), progress);
    ASSERT_TRUE(first);
    progress.cancel(); // a pass would now be refused

    const auto second = (*session)->update(
        resolved({{"token_ids", ids(40, 7)}, {"alpha", "1.01"}}, model), progress);
    const auto other = (*session)->update(resolved({{"token_ids", ids(41, 7)}}, model), progress);

    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(second->artifacts[0].path, first->artifacts[0].path);
    EXPECT_NE(second->table("sinks")->rows, first->table("sinks")->rows);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().kind, ErrorKind::cancelled);
}

TEST(CaptureLive, ABadTextIsAnErrorAndTheSessionGoesOn)
{
    const auto model = liveModel();
    const Params good = resolved({{"token_ids", ids(30, 7)}}, model);
    const auto session = CaptureExperiment().open(good);
    ASSERT_TRUE(session);
    QuietProgress progress(liveFolder("live"));

    EXPECT_FALSE((*session)->update(resolved({{"token_ids", "1,99"}}, model), progress));
    EXPECT_TRUE((*session)->update(good, progress));
}

} // namespace
} // namespace vitrine::attention_plugin
