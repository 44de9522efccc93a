#include "plugins/attention/figures/picture_figures.h"

#include "core/base/json.h"
#include "tests/support/picture_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::attention_plugin
{
namespace
{

using tests::SmallVision;

struct PictureFigures : testing::Test {
    tests::TemporaryFolder folder;
    std::vector<RunRecord> runs;

    void look(const SmallVision& small)
    {
        const auto image = folder.path / "cat.png";
        tests::drawPicture(image, 64, 64, 1);
        runs.push_back(
            tests::pictureRun(small, image, folder.path / fmt::format("run-{}", runs.size()))
                .value());
    }
    std::vector<PatchMap> maps(const Json& state) const
    {
        PictureRuns opened;
        for (const RunRecord& run : runs)
            opened.push_back(openPictureRun(run).value());
        return shownMaps(opened, readPictureState(state, runs.front()));
    }
};

TEST_F(PictureFigures, ShowWhereTheClassTokenLooksUnlessSomethingElseIsChosen)
{
    look(tests::smallDino());
    const auto shown = maps({{"selection", {{"layer", 1}, {"head", 2}}}});
    ASSERT_EQ(shown.size(), 1u);
    const auto opened = openPictureRun(runs[0]).value();
    const auto row = opened.pictures[0]->map(1, 2, attention::Attending::softmax).row(0);
    ASSERT_EQ(shown[0].values.size(), 16u);
    for (std::size_t patch = 0; patch < 16; ++patch)
        EXPECT_EQ(shown[0].values[patch], row[3 + patch]);
    ASSERT_EQ(shown[0].aside.size(), 3u);
    EXPECT_EQ(shown[0].aside[0].first, "class");
    EXPECT_EQ(shown[0].aside[0].second, static_cast<double>(row[0]));

    const auto patch = maps({{"query", {{"kind", "patch"}, {"x", 0.9}, {"y", 0.1}}}});
    EXPECT_EQ(patch[0].query, 3);
    const auto last = opened.pictures[0]->map(2, 0, attention::Attending::softmax).row(3 + 3);
    EXPECT_EQ(patch[0].values[5], last[3 + 5]);
}

TEST_F(PictureFigures, TheMeanOfHeadsIsTheirMean)
{
    look(tests::smallDino());
    const auto mean = maps({{"all_heads", true}, {"selection", {{"layer", 0}}}});
    double sum = 0;
    for (int head = 0; head < 3; ++head)
        sum +=
            static_cast<double>(maps({{"selection", {{"layer", 0}, {"head", head}}}})[0].values[7]);
    EXPECT_NEAR(static_cast<double>(mean[0].values[7]), sum / 3, 1e-7);
}

TEST_F(PictureFigures, StandInsAreThreeMapsOnOneRangeAndAFigureOfTheirOwn)
{
    look(tests::smallEfficientVit());
    const auto three = maps({{"maps", "standins"}});
    ASSERT_EQ(three.size(), 3u);
    EXPECT_EQ(three[1].title, "ReLU-linear (the model's own)");
    const auto list = pictureFigures(runs, {});
    const auto found = std::ranges::find(list, "picture-standins", &figure::Figure::name);
    ASSERT_NE(found, list.end());
    ASSERT_EQ(found->grids.size(), 3u);
    ASSERT_EQ(found->images.size(), 3u);
    EXPECT_EQ(found->grids[0].maximum, found->grids[2].maximum);
    EXPECT_EQ(found->grids[0].minimum, found->grids[2].minimum);
    EXPECT_LE(found->grids[2].minimum, 0);
    EXPECT_EQ(found->images[1].caption, "ReLU-linear, own");
}

TEST_F(PictureFigures, WhatCannotBeShownSaysWhy)
{
    look(tests::smallSwin());
    const auto three = maps({{"maps", "standins"}});
    EXPECT_FALSE(three[0].values.empty());
    EXPECT_TRUE(three[2].values.empty());
    EXPECT_THAT(three[2].notice, testing::HasSubstr("windows"));
    EXPECT_THAT(maps({{"maps", "rollout"}})[0].notice, testing::HasSubstr("rollout"));
}

TEST_F(PictureFigures, PatchesOfHighNormAreMarkedAndLeftOutWhereThatIsWished)
{
    look(tests::smallDino());
    const auto shown = maps({{"norm_factor", 1.0}});
    ASSERT_FALSE(shown[0].high.empty()); // half of them are above the median
    const auto hidden = maps({{"norm_factor", 1.0}, {"hide_high_norms", true}});
    for (const std::int64_t patch : hidden[0].high)
        EXPECT_TRUE(std::isnan(hidden[0].values[static_cast<std::size_t>(patch)]));
    EXPECT_FALSE(std::isnan(shown[0].values[static_cast<std::size_t>(shown[0].high[0])]));
}

TEST_F(PictureFigures, ModelsOfDifferentGridsStandSideBySide)
{
    look(tests::smallDino());
    look(tests::smallPvt());
    const auto both = maps({{"selection", {{"layer", 9}, {"head", 9}}}});
    ASSERT_EQ(both.size(), 2u);
    EXPECT_EQ(both[0].columns, 4);
    EXPECT_EQ(both[1].columns, 2);
    for (const figure::Figure& figure : pictureFigures(runs, {}))
        EXPECT_EQ(figure.recipe.runs.size(), 2u) << figure.name;
}

TEST_F(PictureFigures, AStateIsWrittenAndReadBackAndGarbageIsTheDefault)
{
    look(tests::smallDino());
    const PictureState before = readPictureState({}, runs[0]);
    PictureState state = before;
    state.layer = 1, state.head = 2, state.allHeads = true, state.maps = PictureMaps::rollout;
    state.query = PictureQuery{PictureQuery::Kind::patch, 0, 0.25, 0.75};
    state.score = PictureScore::taylorError, state.picture = 3, state.hidesHigh = true;
    state.normFactor = 2, state.look.opacity = 0.5;
    EXPECT_EQ(readPictureState(writtenPictureState({}, state, before), runs[0]), state);
    const Json garbage = {{"selection", 3}, {"query", "patch"}, {"maps", 7}, {"picture", -4}};
    EXPECT_EQ(readPictureState(garbage, runs[0]), before);
}

} // namespace
} // namespace vitrine::attention_plugin
