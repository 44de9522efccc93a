#include "plugins/calibration/figures/figures.h"

#include "core/base/json.h"
#include "core/figure/data.h"
#include "plugins/calibration/figures/state.h"
#include "plugins/calibration/figures/study.h"
#include "tests/support/synthetic_calibration.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace vitrine::calibration_plugin
{
namespace
{

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> namesOf(const std::vector<figure::Figure>& figures)
{
    std::vector<std::string> names;
    for (const figure::Figure& figure : figures)
        names.push_back(figure.name);
    return names;
}

const figure::Figure& named(const std::vector<figure::Figure>& figures, const std::string& name)
{
    return *std::ranges::find(figures, name, &figure::Figure::name);
}

class TuneFigures : public testing::Test
{
protected:
    RunRecord makeRun(const tests::SyntheticTuning& spec = {})
    {
        auto run = tests::syntheticTune(folder_.path / std::to_string(++made_), spec);
        EXPECT_TRUE(run) << run.error().message;
        run->number = made_;
        return *run;
    }

    tests::TemporaryFolder folder_;
    int made_ = 0;
};

TEST_F(TuneFigures, DifferenceIsAfterLessBefore)
{
    const RunRecord run = makeRun();
    const auto all = figures({run}, Json::object());
    EXPECT_THAT(namesOf(all),
                testing::ElementsAre("map-before", "map-after", "map-difference", "sink-profile",
                                     "sink-census", "head-matrix", "next-tokens"));
    const auto& before = named(all, "map-before").grids[0].values;
    const auto& after = named(all, "map-after").grids[0].values;
    const auto& difference = named(all, "map-difference").grids[0].values;
    ASSERT_EQ(before.size(), 48u * 48u);
    for (std::size_t i = 0; i < before.size(); ++i)
        if (!std::isnan(before[i])) {
            EXPECT_EQ(difference[i], after[i] - before[i]);
        }
    const auto cell = [&](const std::vector<float>& map, std::size_t row, std::size_t column) {
        return static_cast<double>(map[row * 48 + column]);
    };
    EXPECT_NEAR(cell(after, 40, 20), 0.4 * cell(before, 40, 20), 1e-6);
    EXPECT_THAT(named(all, "map-after").caption, HasSubstr("s > 0.1, β = 0.4"));
}

TEST_F(TuneFigures, RecipesNameRunsFigureAndState)
{
    const RunRecord run = makeRun();
    const Json state = {{"selection", {{"layer", 1}, {"head", 2}}}};
    for (const figure::Figure& figure : figures({run}, state)) {
        EXPECT_EQ(figure.recipe.runs, std::vector{run.uid});
        EXPECT_EQ(figure.recipe.experiment, "calibration.tune");
        EXPECT_EQ(figure.recipe.figure, figure.name);
        EXPECT_EQ(figure.recipe.state, dumpJson(state));
        EXPECT_FALSE(figure.caption.empty() || figure.altText.empty()) << figure.name;
    }
    EXPECT_THAT(named(figures({run}, state), "map-before").title, HasSubstr("layer 1, head 2"));
}

TEST_F(TuneFigures, EqualRunsAndStateGiveEqualFigures)
{
    const RunRecord run = makeRun();
    const auto first = figures({run}, Json::object()), second = figures({run}, Json::object());
    ASSERT_EQ(first.size(), second.size());
    for (std::size_t i = 0; i < first.size(); ++i)
        EXPECT_EQ(dumpJson(figureJson(first[i])), dumpJson(figureJson(second[i])));
}

TEST_F(TuneFigures, TheProfileHoldsTheThresholdAgainstTheCurveBefore)
{
    const RunRecord run = makeRun();
    const auto all = figures({run}, Json::object());
    const figure::Figure& profile = named(all, "sink-profile");
    ASSERT_EQ(profile.series.size(), 3u);
    EXPECT_EQ(profile.series[0].name, "before");
    EXPECT_EQ(profile.series[1].name, "after");
    EXPECT_EQ(profile.series[2].y, std::vector<double>(48, 0.1));
    EXPECT_GT(profile.series[0].y[20], 0.1);
    EXPECT_NEAR(profile.series[1].y[20], 0.4 * profile.series[0].y[20], 1e-6);
    ASSERT_EQ(profile.annotations.size(), 1u);
    EXPECT_EQ(profile.annotations[0].x, 20);
}

TEST_F(TuneFigures, BeforeAndAfterHaveTheSameTwoColoursEverywhere)
{
    const auto all = figures({makeRun()}, Json::object());

    const auto& profile = named(all, "sink-profile").series;
    for (const char* name : {"sink-census", "next-tokens"}) {
        const auto& bars = named(all, name).bars;
        ASSERT_EQ(bars.size(), 2u) << name;
        EXPECT_EQ(bars[0].name, profile[0].name);
        EXPECT_EQ(bars[0].colour, profile[0].colour) << name;
        EXPECT_EQ(bars[1].name, profile[1].name);
        EXPECT_EQ(bars[1].colour, profile[1].colour) << name;
    }
}

TEST_F(TuneFigures, RunsThatDifferInBetaAreAnAblation)
{
    tests::SyntheticTuning weak;
    weak.calibration.beta = 0.9;
    const RunRecord a = makeRun(weak), b = makeRun();
    const auto all = figures({a, b}, Json::object());
    const figure::Figure& figure = named(all, "ablation");
    EXPECT_EQ(figure.x.label, "β");
    EXPECT_EQ(figure.series[1].x, (std::vector<double>{0.4, 0.9})); // in order
    EXPECT_EQ(figure.series[1].y,
              (std::vector<double>{metricOf(b.result, "kl_mean"), metricOf(a.result, "kl_mean")}));
    EXPECT_EQ(named(all, "map-after-2").recipe.figure, "map-after-2");
}

TEST_F(TuneFigures, ARunHasTheColourThatTheStateRemembers)
{
    RunRecord run = makeRun();
    run.uid = "second";
    const Json state = Json::parse(R"({"run_places": {"second": 2}})");

    const auto all = figures({run}, state);

    EXPECT_EQ(named(all, "sink-census").bars[1].colour, 2);
    EXPECT_EQ(named(all, "next-tokens").bars[1].colour, 2);
    EXPECT_EQ(named(figures({run}, Json::object()), "next-tokens").bars[1].colour, 0);
}

TEST_F(TuneFigures, RunsWithoutFilesAreNoCrash)
{
    RunRecord run = makeRun();
    run.result = {};
    const auto all = figures({run}, Json::parse(R"({"selection": 3, "clip": "x"})"));
    EXPECT_THAT(namesOf(all), testing::ElementsAre("sink-census", "head-matrix", "next-tokens"));
    EXPECT_TRUE(figures({}, Json()).empty());
}

TEST(StudyFigures, AccuracyHasIntervalsAndTheBandOfRandomHeads)
{
    const RunRecord run = tests::syntheticEvaluation();
    const auto all = figures({run}, Json::object());
    ASSERT_EQ(namesOf(all), std::vector<std::string>{"accuracy"});
    const figure::Figure& figure = all[0];
    EXPECT_EQ(figure.bars[0].height, std::vector<double>{0.5});
    EXPECT_EQ(figure.bars[1].height, std::vector<double>{0.52});
    ASSERT_GE(figure.spans.size(), 1u);
    EXPECT_EQ(figure.spans[0].from, 0.49);
    EXPECT_EQ(figure.spans[0].to, 0.53);
    // The baseline's own interval comes from its items.
    const Interval wilson = wilsonInterval(100, 200);
    EXPECT_EQ(figure.series[0].y[0], wilson.low);
    EXPECT_EQ(figure.series[0].y[1], wilson.high);
}

TEST(StudyFigures, SearchGainsStandBestFirstWithKeptHeadsApart)
{
    const RunRecord run = tests::syntheticSearch();
    const auto all = figures({run}, Json::object());
    EXPECT_EQ(namesOf(all), (std::vector<std::string>{"search-gains", "search-matrix"}));
    const figure::Figure& gains = all[0];
    EXPECT_EQ(gains.x.ticks.front().label, "4.4");
    EXPECT_EQ(gains.bars[0].name, "kept");
    EXPECT_EQ(gains.bars[0].height, (std::vector<double>{0.06, 0.04}));
    EXPECT_EQ(gains.bars[1].height.size(), 13u);
    EXPECT_TRUE(std::ranges::any_of(gains.spans, [](const figure::Span& span) {
        return span.from == -0.03 && span.to == 0.03;
    }));
}

TEST(StudyFigures, RunsOfSeveralExperimentsAreDrawnGroupByGroup)
{
    const auto all = figures(
        {tests::syntheticSearch(), tests::syntheticEvaluation({}), tests::syntheticSearch()},
        Json::object());

    EXPECT_EQ(namesOf(all),
              (std::vector<std::string>{"search-gains", "search-matrix", "search-gains-2",
                                        "search-matrix-2", "accuracy"}));
}

TEST(StudyFigures, AblationOverHeadsAndBeta)
{
    const RunRecord a = tests::syntheticEvaluation({.beta = 0.8}),
                    b = tests::syntheticEvaluation({.gained = 30, .beta = 0.2});
    const auto all = figures({a, b}, Json::object());
    EXPECT_EQ(namesOf(all), (std::vector<std::string>{"accuracy", "ablation"}));
    EXPECT_EQ(all[1].series[1].x, (std::vector<double>{0.2, 0.8}));
    EXPECT_EQ(ablatedParameter({&a, &a}), "");
    RunRecord other = b;
    other.params.set("task", std::string("/elsewhere/another.jsonl"));
    EXPECT_EQ(ablatedParameter({&a, &other}), "") << "another task is no ablation";
}

TEST(StudyFigures, AblationHasALineForEachValueOfWhatElseVaries)
{
    std::vector<RunRecord> runs;
    for (const double alpha : {5.0, 7.0})
        for (const double beta : {0.2, 0.8}) {
            runs.push_back(tests::syntheticEvaluation({.beta = beta}));
            runs.back().params.set("alpha", alpha);
        }

    const figure::Figure figure = figures(runs, Json::object()).back();

    ASSERT_EQ(figure.name, "ablation");
    EXPECT_EQ(figure.series[1].name, "ACT, α 5");
    EXPECT_EQ(figure.series[2].name, "ACT, α 7");
    EXPECT_EQ(figure.series[2].x, (std::vector<double>{0.2, 0.8}));
}

// What is said follows from the interval of the paired difference, not from its sign.
TEST(Verdict, ClaimsNoMoreThanTheInterval)
{
    const std::string nothing = verdict(tests::syntheticEvaluation());
    EXPECT_THAT(nothing, HasSubstr("No effect that these items could show"));
    EXPECT_THAT(nothing, HasSubstr("+2.0 points"));
    EXPECT_THAT(nothing, HasSubstr("no better than chance"));

    const std::string good =
        verdict(tests::syntheticEvaluation({.gained = 40, .lost = 5, .controlHigh = 0.55}));
    EXPECT_THAT(good, HasSubstr("ACT helps here"));
    EXPECT_THAT(good, HasSubstr("the chosen heads do better"));

    const std::string bad = verdict(tests::syntheticEvaluation({.gained = 2, .lost = 40}));
    EXPECT_THAT(bad, HasSubstr("ACT hurts here"));
    EXPECT_THAT(bad, HasSubstr("−19.0 points"));
    EXPECT_THAT(bad, HasSubstr("do worse"));
}

TEST(Verdict, ASearchIsJudgedOnTheHeldOutHalf)
{
    const std::string words = verdict(tests::syntheticSearch());
    EXPECT_THAT(words, HasSubstr("held-out half"));
    EXPECT_THAT(words, HasSubstr("The interval contains 0"));
    EXPECT_THAT(words, HasSubstr("no more than chance"));
    EXPECT_THAT(words, Not(HasSubstr("helps")));

    RunRecord none = tests::syntheticSearch();
    none.result.metrics = {{"heads_kept", 0, "1", Origin::computed, ""}};
    EXPECT_THAT(verdict(none), HasSubstr("the list is empty"));
}

RunRecord tunedRun()
{
    RunRecord run;
    run.params.set("beta", 0.25);
    run.params.set("rule", std::string("uniform"));
    run.params.set("alpha", 7.5);
    run.params.set("protect", std::int64_t{2});
    run.params.set("receivers", std::string("not_first"));
    run.params.set("head_betas", std::string("3.1=0.2, 4.0=0.5,nonsense,9=1"));
    run.params.set("sinks_off", std::string("3.1:7,3.1:20,x:1,3.1:-4"));
    return run;
}

TEST(Tuning, AStoredRunIsRead)
{
    const Params params = tunedRun().params;
    EXPECT_EQ(calibrationOf(params).beta, 0.25);
    EXPECT_EQ(calibrationOf(params).sinks.rule, attention::SinkRule::uniform);
    EXPECT_EQ(calibrationOf(params).receivers, attention::Receivers::notFirst);
    EXPECT_EQ(headBetasOf(params), (std::map<LayerHead, double>{{{3, 1}, 0.2}, {{4, 0}, 0.5}}));
    EXPECT_EQ(sinkPlacesOf(params, "sinks_off"), (std::set<SinkPlace>{{{3, 1}, 7}, {{3, 1}, 20}}));
    EXPECT_EQ(betaOf(params, {3, 1}), 0.2);
    EXPECT_EQ(betaOf(params, {3, 2}), 0.25);
    EXPECT_EQ(headsOf(params), "all");
}

TEST(Tuning, SaysWhatDiffersFromTheRun)
{
    const Params run = tunedRun().params;
    Params wished = run;
    EXPECT_EQ(tuningOf(wished, run), Params());

    wished.set("beta", 0.5);
    wished.set("sinks_off", std::string());
    wished.set("head_betas", std::string("3.1=0.2,4.0=0.5")); // the run's, tidied
    wished.set("prompt", std::string("another"));             // nothing that is tuned
    const Params tuning = tuningOf(wished, run);

    Params expected;
    expected.set("beta", 0.5);
    expected.set("sinks_off", std::string());
    EXPECT_EQ(tuning, expected);
    EXPECT_EQ(calibrationOf(tuned(run, tuning)).beta, 0.5);
    EXPECT_TRUE(sinkPlacesOf(tuned(run, tuning), "sinks_off").empty());
    EXPECT_EQ(headsOf(tuned(run, tuning)), "all");
}

TEST(Tuning, OfAStateWhatIsMalformedIsLeftOut)
{
    const Json state = {{"beta", "x"},        {"tau", -3},     {"alpha", 7},
                        {"protect", 2.5},     {"rule", "odd"}, {"receivers", "all"},
                        {"sinks_off", "a:b"}, {"heads", ""},   {"seed", nullptr}};
    Params expected;
    expected.set("alpha", 7.0);
    expected.set("protect", std::int64_t{2});
    expected.set("receivers", std::string("all"));
    expected.set("sinks_off", std::string());
    EXPECT_EQ(tuningIn(state), expected);
    EXPECT_EQ(tuningIn(Json(7)), Params());
}

TEST(State, IsReadAsItWasWrittenAndKeepsWhatIsNotOfTheView)
{
    const Json json = {{"selection", {{"layer", 2}, {"head", 1}, {"token", 5}}},
                       {"tune", {{"beta", 0.1}}},
                       {"tune_of", "a"},
                       {"splitters", {{"rows", {1, 2}}}}};
    const State before = readState(json);
    EXPECT_EQ(before.selection.head, (LayerHead{2, 1}));
    EXPECT_EQ(written(json, before, before), json);

    State state = before;
    state.selection.head = LayerHead{3, 0};
    state.score = HeadScore::entropy;
    state.look.window = {4, 5, 2};
    state.ownBeta = true;
    state.tune.set("tau", 0.2);
    state.tuneOf = "b";
    const Json after = written(json, state, before);
    EXPECT_EQ(readState(after), state);
    EXPECT_EQ(after["splitters"], json["splitters"]);
    EXPECT_EQ(after["selection"], (Json{{"layer", 3}, {"head", 0}, {"token", 5}}));
    EXPECT_FALSE(after.contains("clip")) << "what nobody changed is not written";

    State untuned = state;
    untuned.tune = {};
    EXPECT_FALSE(written(after, untuned, state).contains("tune"));
    EXPECT_FALSE(written(after, untuned, state).contains("tune_of"));
}

} // namespace
} // namespace vitrine::calibration_plugin
