#include "plugins/calibration/experiments/live.h"

#include "core/base/hash.h"
#include "plugins/calibration/experiments/tune_pass.h"
#include "tests/plugins/calibration/tiny_tuning.h"

#include <gtest/gtest.h>

namespace vitrine::calibration_plugin
{
namespace
{

using namespace tiny_tuning;

std::map<std::string, double> computed(const RunResult& result)
{
    std::map<std::string, double> values;
    for (const Metric& each : result.metrics)
        if (each.origin == Origin::computed)
            values[each.name] = each.value;
    return values;
}

void expectEqualToKeptRun(const RunResult& live, const Given& given)
{
    const RunResult kept = tuned(given, "kept");
    EXPECT_EQ(computed(live), computed(kept));
    EXPECT_EQ(live.tables, kept.tables);
    EXPECT_EQ(live.notes, kept.notes);
    EXPECT_EQ(live.inputs, kept.inputs);
    ASSERT_EQ(live.artifacts.size(), 2u);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(live.artifacts[i].name, kept.artifacts[i].name);
        EXPECT_EQ(*sha256OfFile(live.artifacts[i].path), *sha256OfFile(kept.artifacts[i].path));
    }
}

TEST(TuneLive, EveryAnswerEqualsAKeptRunOfTheSameParametersToTheLastBit)
{
    const auto model = tinyModel(), other = tinyModel(6);
    const auto with = [&](Given more) { return tuning(model, std::move(more)); };
    const auto session = openTuneLive(resolved(with({})));
    ASSERT_TRUE(session) << session.error().message;
    QuietProgress progress(folder("live"));

    for (const Given& given :
         {with({}),
          with({{"beta", "0.2"}}),
          with({{"beta", "0.2"}, {"head_betas", "4.1=0.9"}}),
          with({{"beta", "0.2"}, {"head_betas", "4.1=0.9"}, {"sinks_off", "3.1:0,3.1:4"}}),
          with({{"beta", "0.2"}, {"sinks_on", "3.1:9,2.0:20"}}),
          with({{"rule", "relative"}, {"alpha", "3"}}),
          with({{"rule", "uniform"}, {"alpha", "2"}}),
          with({{"tau", "0.07"}}),
          with({{"tau", "0.07"}, {"protect", "0"}}),
          with({{"heads", "3.1,4.0"}}),
          with({{"heads", "3.1,4.0"}, {"keep", "2.1,3.1"}}),
          with({{"heads", "none"}, {"keep", "all"}}),
          with({{"heads", "random:3"}}),
          with({{"heads", "all"}, {"layers", "0,5"}}),
          with({{"receivers", "not_first"}}),
          with({{"beta", "1"}}),
          with({{"token_ids", ids(21, 11)}}),
          with({{"token_ids", ids(21, 11)}, {"beta", "0"}}),
          tuning(other, {}),
          with({})}) {
        const auto live = (*session)->update(resolved(given), progress);
        ASSERT_TRUE(live) << live.error().message;
        expectEqualToKeptRun(*live, given);
    }
}

TEST(TuneLive, ArtifactsChangeTheirNameWhenTheyChangeAndOnlyThen)
{
    const auto model = tinyModel();
    const auto session = openTuneLive(resolved(tuning(model)));
    ASSERT_TRUE(session);
    QuietProgress progress(folder("live"));
    const auto update = [&](Given more) {
        return *(*session)->update(resolved(tuning(model, std::move(more))), progress);
    };

    const RunResult first = update({}), same = update({}), moved = update({{"beta", "0.3"}});

    EXPECT_EQ(same.artifacts, first.artifacts);
    EXPECT_EQ(moved.artifact("before.safetensors")->path,
              first.artifact("before.safetensors")->path);
    EXPECT_NE(moved.artifact("after.safetensors")->path, first.artifact("after.safetensors")->path);
    EXPECT_TRUE(std::filesystem::exists(first.artifact("after.safetensors")->path))
        << "somebody may still be reading it";
    update({{"beta", "0.2"}});
    EXPECT_FALSE(std::filesystem::exists(first.artifact("after.safetensors")->path));
}

TEST(TuneLive, ABadRequestIsAnErrorAndTheSessionGoesOn)
{
    const auto model = tinyModel();
    const auto session = openTuneLive(resolved(tuning(model)));
    ASSERT_TRUE(session);
    QuietProgress progress(folder("live"));

    for (const Given& bad :
         {tuning(model, {{"heads", "9.9"}}), tuning(model, {{"keep", "x"}}),
          tuning(model, {{"token_ids", "1,99"}}), tuning(model, {{"head_betas", "3.1"}})})
        EXPECT_FALSE((*session)->update(resolved(bad), progress));
    const auto good = (*session)->update(resolved(tuning(model)), progress);
    ASSERT_TRUE(good);
    expectEqualToKeptRun(*good, tuning(model));
}

// The session's promise: only layers from the first changed one on are run.
TEST(ChangedPass, RunsTheLayersFromTheFirstChangedOneOn)
{
    const auto model = tinyModel();
    const Params params = resolved(tuning(model, {{"heads", "2.0,3.1,4.2"}}));
    const auto opened = openModel(params);
    const auto text = readTokens(params, *opened);
    int layers = 0;
    const GoOn count = [&] {
        ++layers;
        return true;
    };
    const auto original = originalPass(*opened, *text, {}, count);
    EXPECT_EQ(layers, 6);
    const auto planWith = [&](Given more) {
        more["heads"] = "2.0,3.1,4.2";
        return tunePlan(resolved(tuning(model, more)), *opened, *text)->plan;
    };
    const auto pass = [&](const attention::CalibrationPlan& plan, const ChangedPass* previous) {
        layers = 0;
        return *changedPass(*opened, *original, plan, {}, previous, count);
    };

    const ChangedPass first = pass(planWith({}), nullptr);
    EXPECT_EQ(layers, 4) << "from layer 2 on";
    const ChangedPass later = pass(planWith({{"head_betas", "4.2=0.1"}}), &first);
    EXPECT_EQ(layers, 2) << "layers 4 and 5";
    const ChangedPass same = pass(planWith({{"head_betas", "4.2=0.1"}}), &later);
    EXPECT_EQ(layers, 0);
    const ChangedPass fresh = pass(planWith({{"head_betas", "4.2=0.1"}}), nullptr);
    EXPECT_EQ(later.next.logits, fresh.next.logits);
    EXPECT_EQ(same.divergence, fresh.divergence);
    EXPECT_NE(later.next.logits, first.next.logits);
    EXPECT_EQ(later.calibrated.count, fresh.calibrated.count);
}

TEST(ChangedPass, StopsWhenTheAnswerIsNoLongerWanted)
{
    const auto model = tinyModel();
    const Params params = resolved(tuning(model));
    const auto opened = openModel(params);
    const auto text = readTokens(params, *opened);
    const auto original = originalPass(*opened, *text, {}, [] { return true; });
    const auto plan = tunePlan(params, *opened, *text);

    const auto changed =
        changedPass(*opened, *original, plan->plan, {}, nullptr, [] { return false; });

    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().kind, ErrorKind::cancelled);
}

} // namespace
} // namespace vitrine::calibration_plugin
