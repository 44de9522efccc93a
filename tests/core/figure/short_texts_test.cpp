#include "core/figure/short_texts.h"

#include <gtest/gtest.h>

namespace vitrine::figure
{
namespace
{

const std::string kMegabyte(1 << 20, 'x');

TEST(WithShortTexts, CutsEveryTextThatIsLaidOut)
{
    Figure figure;
    figure.title = figure.x.label = figure.y.unit = kMegabyte;
    figure.x.ticks = {{0, kMegabyte}};
    figure.series = {{.name = kMegabyte, .x = {1}, .y = {1}, .labels = {kMegabyte}}};
    figure.bars = {{.name = kMegabyte, .position = {1}, .height = {1}, .labels = {kMegabyte}}};
    figure.images = {{.name = kMegabyte, .caption = kMegabyte}};
    figure.grids = {{.name = kMegabyte, .unit = kMegabyte}};
    figure.spans = {{.name = kMegabyte}};
    figure.annotations = {{kMegabyte}};

    const Figure shown = withShortTexts(figure);

    for (const std::string* text :
         {&shown.title, &shown.x.label, &shown.y.unit, &shown.x.ticks[0].label,
          &shown.series[0].name, &shown.series[0].labels[0], &shown.bars[0].name,
          &shown.bars[0].labels[0], &shown.images[0].name, &shown.images[0].caption,
          &shown.grids[0].name, &shown.grids[0].unit, &shown.spans[0].name,
          &shown.annotations[0].text}) {
        EXPECT_LT(text->size(), 500u);
        EXPECT_TRUE(text->ends_with("…"));
    }
}

TEST(WithShortTexts, LeavesOthersAlone)
{
    Figure figure;
    figure.title = "Sink profile";
    figure.series = {{.name = "threshold s > 5 u"}};

    const Figure shown = withShortTexts(figure);

    EXPECT_EQ(shown.title, "Sink profile");
    EXPECT_EQ(shown.series[0].name, "threshold s > 5 u");
}

} // namespace
} // namespace vitrine::figure
