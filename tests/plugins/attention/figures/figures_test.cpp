#include "plugins/attention/figures/figures.h"

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/attention/sinks.h"
#include "core/attention/summary.h"
#include "core/base/json.h"
#include "core/base/random.h"
#include "core/figure/not_finite.h"
#include "plugins/attention/figures/state.h"

namespace vitrine::attention_plugin
{
namespace
{

using testing::HasSubstr;

// A run with a capture of 2 layers x 2 heads; in head 1 of layer 3, key `sink` draws the queries.
RunRecord stored(const std::string& name, int tokens, int sink, bool keep = true,
                 const std::string& word = "▁w")
{
    const auto folder = std::filesystem::temp_directory_path() / "vitrine-figures" /
                        testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder);
    attention::CaptureInfo info;
    info.layerIds = {1, 3};
    info.headSize = 4;
    info.scale = 0.5;
    std::vector<std::int32_t> ids;
    for (int t = 0; t < tokens; ++t) {
        ids.push_back(t);
        info.tokenTexts.push_back(word + std::to_string(t));
    }
    Random random(std::hash<std::string>()(name));
    model::ForwardResult result;
    result.tokens = tokens;
    result.summaries.resize(4);
    for (int l = 0; l < 4; ++l) {
        for (int h = 0; h < 2; ++h) {
            model::KeptHead kept{{l, h}, {}, {}, {}};
            for (int i = 0; i < tokens * 4; ++i) {
                kept.q.push_back(i % 4 == 0 ? 4.0f : static_cast<float>(random.normal()));
                kept.k.push_back(i % 4 == 0 ? 0.0f : static_cast<float>(random.normal()));
            }
            if (l == 3 && h == 1)
                kept.k[static_cast<std::size_t>(sink * 4)] = 4;
            model::HeadSummary summary;
            summary.columnRows = attention::columnRows(tokens);
            const auto uniform = attention::uniformScore(tokens);
            for (std::size_t j = 0; j < uniform.size(); ++j)
                summary.columnSum.push_back(static_cast<float>(uniform[j]) *
                                            static_cast<float>(summary.columnRows[j]));
            if (l == 3 && h == 1)
                summary.columnSum[static_cast<std::size_t>(sink)] *= 9;
            summary.firstTokenMass = 0.1 * (l + h);
            summary.entropy = 4 - l - h;
            const auto side = static_cast<std::size_t>(std::min(tokens, 64));
            summary.thumbnail.assign(side * side, 0.25f);
            result.summaries[static_cast<std::size_t>(l)].push_back(std::move(summary));
            if (keep)
                result.kept.push_back(std::move(kept));
        }
    }
    RunRecord run;
    run.uid = name;
    run.experiment = "attention.capture";
    run.params.set("model", std::string("tiny"));
    run.params.set("prompt", "text of " + name);
    run.params.set("alpha", 5.0);
    Artifact artifact;
    artifact.name = "capture.safetensors";
    artifact.kind = "capture";
    artifact.path = folder / (name + ".safetensors");
    EXPECT_TRUE(writeCapture(artifact.path, info, ids, result));
    run.result.artifacts.push_back(artifact);
    return run;
}

// The same with NaN in the query of token `lost`, in every head of layer 3.
RunRecord notFinite(const std::string& name, int tokens, int lost)
{
    RunRecord run = stored(name, tokens, 10);
    auto& artifact = run.result.artifacts[0];
    const auto sound = attention::Capture::open(artifact.path);
    EXPECT_TRUE(sound);
    attention::CaptureInfo info;
    info.layerIds = {1, 3};
    info.headSize = 4;
    info.scale = 0.5;
    info.tokenTexts = sound->tokenTexts();
    std::vector<std::int32_t> ids;
    for (int t = 0; t < tokens; ++t)
        ids.push_back(t);
    Random random(7);
    model::ForwardResult result;
    result.tokens = tokens;
    result.summaries.resize(4);
    for (int l = 0; l < 4; ++l)
        for (int h = 0; h < 2; ++h) {
            model::KeptHead kept{{l, h}, {}, {}, {}};
            for (int i = 0; i < tokens * 4; ++i) {
                kept.q.push_back(static_cast<float>(random.normal()));
                kept.k.push_back(static_cast<float>(random.normal()));
            }
            if (l == 3)
                kept.q[static_cast<std::size_t>(lost * 4)] = std::nanf("");
            result.summaries[static_cast<std::size_t>(l)].push_back(
                attention::summaryOfHead({tokens, 4, 0.5, 0}, kept.q, kept.k));
            result.kept.push_back(std::move(kept));
        }
    EXPECT_TRUE(writeCapture(artifact.path, info, ids, result));
    return run;
}

std::vector<std::string> names(const std::vector<figure::Figure>& list)
{
    std::vector<std::string> result;
    for (const auto& figure : list)
        result.push_back(figure.name);
    return result;
}

const figure::Figure& named(const std::vector<figure::Figure>& list, const std::string& name)
{
    return *std::ranges::find(list, name, &figure::Figure::name);
}

TEST(Figures, OneRunHasFiveTwoRunsTheirDifferenceToo)
{
    const auto a = stored("a", 30, 10), b = stored("b", 30, 20), c = stored("c", 25, 20);

    EXPECT_THAT(names(figures({a}, {})),
                testing::ElementsAre("sink-profile", "attention-map", "head-overview", "heads",
                                     "entropy-mass"));
    EXPECT_THAT(names(figures({a, b}, {})),
                testing::ElementsAre("sink-profile", "attention-map", "attention-map-2",
                                     "attention-difference", "head-overview", "heads",
                                     "entropy-mass"));
    EXPECT_THAT(names(figures({a, c}, {})),
                testing::Not(testing::Contains("attention-difference")));
    EXPECT_TRUE(figures({}, {}).empty());
    EXPECT_TRUE(figures({RunRecord()}, {}).empty());
}

TEST(Figures, WithoutASelectionAllRunsShowTheHeadThatStandsOutInTheFirst)
{
    const auto a = stored("a", 30, 10);
    auto b = stored("b", 30, 20);

    const auto list = figures({a, b}, {});

    ASSERT_EQ(named(list, "sink-profile").series.size(), 4u);
    EXPECT_THAT(named(list, "attention-map").title, HasSubstr("layer 3, head 1"));
    EXPECT_THAT(named(list, "attention-map-2").title, HasSubstr("layer 3, head 1"));
}

// A cell that no query sees, one that is 0 and one that is NaN are three things.
TEST(Figures, WhatIsNotFiniteIsNoMaskAndNoZero)
{
    const auto run = notFinite("lost", 40, 20);
    const Json state = {{"selection", {{"layer", 3}, {"head", 1}}}};

    const auto list = figures({run}, state);

    const figure::Figure& map = named(list, "attention-map");
    const auto cell = [&](int row, int column) {
        return map.grids[0].values[static_cast<std::size_t>(row * 40 + column)];
    };
    EXPECT_TRUE(figure::isNotFinite(cell(20, 0)));
    EXPECT_TRUE(figure::isNotFinite(cell(20, 20)));
    EXPECT_TRUE(std::isnan(cell(20, 21))); // the future
    EXPECT_TRUE(std::isfinite(cell(19, 0)));
    EXPECT_TRUE(std::isfinite(cell(21, 21)));
    EXPECT_THAT(map.caption, HasSubstr("Hatched cells are not finite"));
    EXPECT_EQ(named(list, "sink-profile").series[0].name, "layer 3, head 1 (in part not finite)");
    const figure::Figure& overview = named(list, "head-overview");
    EXPECT_TRUE(std::isfinite(overview.grids[0].values[0]));
    EXPECT_TRUE(figure::isNotFinite(overview.grids[0].values[3]));
    EXPECT_THAT(overview.caption, HasSubstr("Hatched: 2 of 4 heads, whose maps are not finite."));
    EXPECT_THAT(named(list, "heads").caption, HasSubstr("Without a bar: 2 of 4 heads"));
    EXPECT_EQ(named(list, "heads").x.ticks[0].label.substr(0, 2), "1."); // ranked last
    EXPECT_THAT(named(list, "entropy-mass").caption, HasSubstr("Without a point: 2 of 4 heads"));
}

TEST(Figures, ADifferenceToWhatIsNotFiniteIsNotFinite)
{
    const auto sound = stored("a", 40, 10), lost = notFinite("lost", 40, 20);
    const Json state = {{"selection", {{"layer", 3}, {"head", 1}}}};

    for (const auto& list : {figures({sound, lost}, state), figures({lost, lost}, state)}) {
        const auto& cells = named(list, "attention-difference").grids[0].values;
        EXPECT_TRUE(figure::isNotFinite(cells[20 * 40 + 3]));
        EXPECT_TRUE(std::isnan(cells[20 * 40 + 30]));
        EXPECT_TRUE(std::isfinite(cells[19 * 40 + 3]));
    }
}

// Pooled as the window and reports show long texts.
TEST(Figures, ACellThatIsNotFiniteDoesNotVanishInItsBlock)
{
    const auto run = notFinite("long", 1100, 700);
    const Json state = {{"selection", {{"layer", 3}, {"head", 0}}}};

    const auto& grid = named(figures({run}, state), "attention-map").grids[0];

    ASSERT_EQ(grid.rows, 550); // of two by two
    EXPECT_TRUE(figure::isNotFinite(grid.values[350 * 550 + 10]));
    EXPECT_TRUE(figure::isNotFinite(grid.values[350 * 550 + 350]));
    EXPECT_TRUE(std::isnan(grid.values[350 * 550 + 351]));
    EXPECT_TRUE(std::isfinite(grid.values[349 * 550 + 10]));
}

// One run of a comparison went: the other is drawn as it was.
TEST(Figures, ARunHasTheColourThatTheStateRemembers)
{
    const auto a = stored("a", 30, 10), b = stored("b", 30, 20);
    const Json both = {{"run_places", {{"a", 0}, {"b", 1}}}};

    const auto beside = figures({a, b}, both), alone = figures({b}, both);

    EXPECT_EQ(named(beside, "sink-profile").series[1].colour, 1);
    EXPECT_EQ(named(alone, "sink-profile").series[0].colour, 1);
    EXPECT_EQ(named(alone, "heads").bars[0].colour, 1);
    EXPECT_EQ(named(alone, "entropy-mass").series[0].colour, 1);
    EXPECT_EQ(named(figures({b}, {}), "sink-profile").series[0].colour, 0);
}

TEST(Figures, PinnedHeadsTakeTheColoursThatRunsLeave)
{
    const auto b = stored("b", 30, 20);
    const Json state = {{"run_places", {{"b", 1}}},
                        {"selection", {{"layer", 3}, {"head", 1}}},
                        {"pinned_heads", {{1, 0}, {1, 1}}}};

    const auto profile = named(figures({b}, state), "sink-profile");

    EXPECT_EQ(profile.series[0].colour, 1);
    EXPECT_EQ(profile.series[1].colour, 0);
    EXPECT_EQ(profile.series[2].colour, 2);
}

TEST(Figures, AProfileShowsScoresThresholdAndUniformCurveOfTheSelectedHead)
{
    const auto run = stored("a", 40, 12);
    const Json state = {{"selection", {{"layer", 3}, {"head", 1}}},
                        {"pinned_tokens", {5, 999}},
                        {"pinned_heads", {{1, 0}}}};
    const auto capture = attention::Capture::open(run.result.artifacts[0].path);

    const auto list = figures({run}, state);
    const figure::Figure& profile = named(list, "sink-profile");

    EXPECT_THAT(profile.title, HasSubstr("layer 3, head 1"));
    ASSERT_EQ(profile.series.size(), 4u); // the head, the pinned head, threshold, uniform
    const auto score = capture->columnScore(1, 1);
    EXPECT_EQ(profile.series[0].y, std::vector<double>(score.begin(), score.end()));
    EXPECT_EQ(profile.series[2].y, attention::thresholds(40, {}));
    EXPECT_EQ(profile.series[3].y, attention::uniformScore(40));
    ASSERT_EQ(profile.annotations.size(), 1u);
    EXPECT_EQ(profile.annotations[0].text, "w12");
    EXPECT_EQ(profile.x.ticks.size(), 40u);
    ASSERT_EQ(profile.spans.size(), 1u); // token 999 does not exist
    EXPECT_EQ(profile.spans[0].from, 5);
}

TEST(Figures, AnotherThresholdMovesTheLineAndTheLabels)
{
    const auto run = stored("a", 40, 12);
    const Json state = {
        {"selection", {{"layer", 3}, {"head", 1}}}, {"rule", "absolute"}, {"tau", 0.9}};

    const auto list = figures({run}, state);

    EXPECT_EQ(named(list, "sink-profile").series[1].y, std::vector<double>(40, 0.9));
    EXPECT_TRUE(named(list, "sink-profile").annotations.empty());
}

TEST(Figures, AMapHoldsTheWeightsAndItsFutureIsEmpty)
{
    const auto run = stored("a", 40, 12);
    const Json state = {{"selection", {{"layer", 3}, {"head", 1}}},
                        {"clip", 0.2},
                        {"scale", "log"},
                        {"colour_map", "magma"}};
    const auto capture = attention::Capture::open(run.result.artifacts[0].path);
    const auto tile = *capture->tile(1, 1, {0, 0, 40, 40});

    const auto list = figures({run}, state);
    const figure::Grid& grid = named(list, "attention-map").grids.at(0);

    ASSERT_EQ(grid.values.size(), 1600u);
    for (std::size_t i = 0; i < 1600; ++i)
        EXPECT_TRUE(grid.values[i] == tile[i] ||
                    (std::isnan(grid.values[i]) && std::isnan(tile[i])));
    EXPECT_EQ(grid.maximum, 0.2);
    EXPECT_NEAR(grid.minimum, 0.2e-4, 1e-12);
    EXPECT_TRUE(grid.clipped);
    EXPECT_EQ(grid.map, figure::ColourMap::magma);
    EXPECT_TRUE(named(list, "attention-map").y.reversed);
}

TEST(Figures, ALongMapIsPooledToAtMost1024CellsWithItsSink)
{
    const auto run = stored("long", 2500, 700);
    const Json state = {{"selection", {{"layer", 3}, {"head", 1}}}};

    const auto capture = *attention::Capture::open(run.result.artifacts[0].path);
    const auto map = attentionMap({&run, &capture}, state);

    const figure::Grid& grid = map.grids.at(0);
    EXPECT_EQ(grid.rows, 834);
    EXPECT_EQ(grid.dx, 3);
    EXPECT_EQ(grid.x0, 1);
    EXPECT_GT(grid.values[static_cast<std::size_t>(800 * 834 + 700 / 3)], 0.5f);
    EXPECT_LE(map.x.ticks.size(), 512u);
}

TEST(Figures, AHeadThatWasNotKeptShowsItsThumbnailAndSaysSo)
{
    const auto run = stored("a", 40, 12, false);

    const auto list = figures({run}, {});

    EXPECT_THAT(named(list, "attention-map").caption, HasSubstr("thumbnail"));
    EXPECT_EQ(named(list, "attention-map").grids.at(0).values[41], 0.25f);
}

TEST(Figures, ADifferenceIsTheSecondMapLessTheFirst)
{
    const auto a = stored("a", 40, 12), b = stored("b", 40, 30);
    const Json state = {{"selection", {{"layer", 3}, {"head", 1}}}};
    const auto first =
        *attention::Capture::open(a.result.artifacts[0].path)->tile(1, 1, {0, 0, 40, 40});
    const auto second =
        *attention::Capture::open(b.result.artifacts[0].path)->tile(1, 1, {0, 0, 40, 40});

    const auto list = figures({a, b}, state);
    const figure::Grid& grid = named(list, "attention-difference").grids.at(0);

    EXPECT_EQ(grid.map, figure::ColourMap::difference);
    EXPECT_EQ(grid.minimum, -grid.maximum);
    EXPECT_EQ(grid.values[39 * 40 + 12], second[39 * 40 + 12] - first[39 * 40 + 12]);
    EXPECT_TRUE(std::isnan(grid.values[1]));
}

TEST(Figures, RunsOfOtherWordsAreNotSubtracted)
{
    const auto a = stored("a", 30, 10), b = stored("b", 30, 20, true, "other");

    const auto list = figures({a, b}, {{"score", "difference"}});

    EXPECT_THAT(names(list), testing::Not(testing::Contains("attention-difference")));
    EXPECT_EQ(named(list, "head-overview").grids.at(0).name, "First-token mass");
}

TEST(Figures, ALegendNeverCutsAPromptInsideACharacter)
{
    auto a = stored("a", 30, 10), b = stored("b", 30, 20);
    std::string umlauts = "x"; // a byte 32 is then inside a character
    for (int i = 0; i < 30; ++i)
        umlauts += "ü";
    a.params.set("prompt", umlauts);

    const auto list = figures({a, b}, {});

    EXPECT_THAT(named(list, "sink-profile").series.at(0).name,
                HasSubstr(umlauts.substr(0, 31) + " …"));
}

TEST(Figures, OverviewAndBarsShowTheChosenScore)
{
    const auto run = stored("a", 40, 12);

    const auto list = figures({run}, {{"score", "entropy"}});

    EXPECT_THAT(named(list, "head-overview").grids.at(0).values, testing::ElementsAre(3, 2, 1, 0));
    EXPECT_EQ(named(list, "head-overview").y.ticks[1].label, "3");
    EXPECT_THAT(named(list, "heads").bars.at(0).height, testing::ElementsAre(3, 2, 1, 0));
    EXPECT_EQ(named(list, "heads").x.ticks[0].label, "1.0");
    EXPECT_EQ(named(list, "entropy-mass").series.at(0).x.size(), 4u);
}

TEST(Figures, AMalformedStateIsTheDefault)
{
    const auto run = stored("a", 40, 12);
    const Json bad = {{"selection", "no"},
                      {"clip", -1},
                      {"scale", 7},
                      {"pinned_heads", {1, {2}, "x"}},
                      {"tau", "much"},
                      {"pinned_tokens", {{"a", 1}}},
                      {"window", {{"zoom", -3}}}};

    const auto list = figures({run}, bad);

    EXPECT_EQ(list.size(), 5u);
    EXPECT_THAT(named(list, "sink-profile").title,
                HasSubstr("layer 3, head 1")); // the highest first-token mass
    EXPECT_EQ(named(list, "attention-map").grids.at(0).maximum, 0.1);
}

TEST(Figures, TheRecipeSaysWhereAFigureComesFrom)
{
    const auto list = figures({stored("a", 30, 10)}, {{"clip", 0.3}});

    for (const auto& figure : list) {
        EXPECT_EQ(figure.recipe.runs, std::vector<std::string>{"a"});
        EXPECT_EQ(figure.recipe.experiment, "attention.capture");
        EXPECT_THAT(figure.recipe.state, HasSubstr("\"clip\":0.3"));
        EXPECT_FALSE(figure.caption.empty());
        EXPECT_FALSE(figure.altText.empty());
    }
}

TEST(State, IsReadAsItWasWrittenAndKeepsWhatIsNotOfTheView)
{
    RunRecord run;
    run.params.set("alpha", 7.0);
    run.params.set("min_rows", std::int64_t{4});
    const Json json = {{"selection", {{"layer", 3}, {"head", 1}, {"token", 7}}},
                       {"pinned_heads", {{1, 0}}},
                       {"splitters", {{"rows", {1, 2}}}}};
    const State before = readState(json, run);
    EXPECT_EQ(before.sinks.alpha, 7) << "the run's own";
    EXPECT_EQ(before.sinks.minRows, 4);
    EXPECT_EQ(before.pinnedHeads, (std::vector<LayerHead>{{1, 0}}));
    EXPECT_EQ(written(json, before, before), json);

    State state = before;
    state.selection = {LayerHead{3, 0}, std::nullopt};
    state.score = Score::entropy;
    state.ranked = true;
    state.pinnedTokens = {7, 12};
    state.pinnedHeads.push_back({3, 1});
    state.sinks.rule = attention::SinkRule::relative;
    state.sortColumn = "entropy";
    state.sortDescending = false;
    const Json after = written(json, state, before);
    EXPECT_EQ(readState(after, run), state);
    EXPECT_EQ(after["splitters"], json["splitters"]);
    EXPECT_EQ(after["selection"], (Json{{"layer", 3}, {"head", 0}}));
    EXPECT_EQ(after["alpha"], 7) << "a rule is written whole";
    EXPECT_FALSE(after.contains("clip")) << "what nobody changed is not written";
}

// What one reader accepted and the other did not: the window and figures read alike.
TEST(State, NumbersBeyondAModelAndNonsenseAreNotChosen)
{
    const State state = readState({{"selection", {{"layer", 3}, {"head", -1}, {"token", 1e300}}},
                                   {"pinned_heads", {1, {2}, "x", {2, 3, 4}, {2, 1e12}}},
                                   {"pinned_tokens", {{"a", 1}}},
                                   {"tau", "much"},
                                   {"protect", 1e9},
                                   {"sort", {{"column", 3}}}},
                                  {});
    EXPECT_EQ(state, readState(Json(), {}));
}

} // namespace
} // namespace vitrine::attention_plugin
