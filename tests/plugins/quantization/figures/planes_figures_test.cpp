#include "plugins/quantization/figures/planes_figures.h"

#include "plugins/quantization/figures/figures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::ElementsAre;

RunRecord runOnPlanes(std::int64_t number, int planes)
{
    RunRecord run;
    run.number = number;
    run.uid = fmt::format("planes-{}", number);
    run.experiment = "quantization.planes";
    run.state = RunState::done;
    run.result.metrics = {{"planes", static_cast<double>(planes), "1", {}, ""},
                          {"bits_per_weight", planes + 0.5, "1", {}, ""},
                          {"perplexity_original", 20, "1", {}, ""},
                          {"perplexity_planes", 20.0 + 60.0 / planes, "1", {}, ""}};
    const auto text = [](const char* name) { return Column{name, "", {}, ""}; };
    const auto share = [](const char* name) { return Column{name, "1", {}, ""}; };
    run.result.tables = {
        {"next",
         {share("rank"), text("token_original"), share("p_original"), text("token_planes"),
          share("p_planes")},
         {{std::int64_t{1}, std::string("fox"), 0.5, std::string("dog"), 0.25},
          {std::int64_t{2}, std::string("dog"), 0.125, std::string("cat"), 0.125}}}};
    return run;
}

TEST(PlanesFigures, PlanesStandBesideTheirOriginal)
{
    const RunRecord two = runOnPlanes(1, 2), three = runOnPlanes(4, 3);
    const auto figures = planesFigures({&two, &three});
    ASSERT_EQ(figures.size(), 2u);

    const figure::Figure& perplexity = figures[0];
    ASSERT_EQ(perplexity.series.size(), 2u);
    EXPECT_EQ(perplexity.series[0].name, "#1 2 planes");
    EXPECT_THAT(perplexity.series[0].x, ElementsAre(2.5));
    EXPECT_THAT(perplexity.series[0].y, ElementsAre(50));
    EXPECT_THAT(perplexity.series[1].y, ElementsAre(40));
    ASSERT_EQ(perplexity.spans.size(), 1u) << "one original";
    EXPECT_EQ(perplexity.spans[0].from, 20);

    const figure::Figure& next = figures[1];
    std::vector<std::string> tokens;
    for (const auto& tick : next.y.ticks)
        tokens.push_back(tick.label);
    EXPECT_THAT(tokens, ElementsAre("fox", "dog", "cat"));
    ASSERT_EQ(next.bars.size(), 2u);
    EXPECT_THAT(next.bars[0].height, ElementsAre(50, 12.5));
    EXPECT_THAT(next.bars[1].height, ElementsAre(25, 12.5));
    EXPECT_GT(next.bars[1].position[0], 1) << "beside the original's dog";
    EXPECT_GT(next.bars[1].position[1], 2);
}

// Planes are no versions: the figures of versions would be empty axes.
TEST(PlanesFigures, EachKindOfRunHasItsOwn)
{
    const RunRecord planes = runOnPlanes(1, 2);
    EXPECT_FALSE(isVersion(planes));
    EXPECT_TRUE(figures({&planes}).empty());

    RunRecord version = planes;
    version.experiment = "quantization.llm";
    EXPECT_TRUE(planesFigures({&version}).empty());
}

TEST(PlanesFigures, WhatARunLacksIsLeftOut)
{
    RunRecord run = runOnPlanes(1, 2);
    run.result.tables[0].rows[1][2] = std::nan("");
    run.result.metrics.pop_back();
    const auto figures = planesFigures({&run});
    ASSERT_EQ(figures.size(), 1u);
    EXPECT_EQ(figures[0].name, "planes-next");
    EXPECT_THAT(figures[0].bars[0].height, ElementsAre(50));
    run.result.tables.clear();
    EXPECT_TRUE(planesFigures({&run}).empty());
}

} // namespace
} // namespace vitrine::quantization_plugin
