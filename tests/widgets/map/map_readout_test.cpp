#include "widgets/map/map_readout.h"

#include "core/figure/not_finite.h"
#include "tests/widgets/plot/application.h"
#include "widgets/theme/palette.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

class MapReadoutTest : public testing::Test
{
protected:
    static void SetUpTestSuite()
    {
        needApplication();
        theme::setTheme(theme::ThemeName::light);
    }
    MapReadoutTest() : line_("Point at a cell", nullptr)
    {
        line_.setTokens(
            std::make_shared<const QStringList>(QStringList{"<s>", "peace", "is", "made"}));
        line_.show();
    }

    MapReadout line_;
};

TEST_F(MapReadoutTest, NamesTheTokensOfACellAndItsPlace)
{
    line_.setReading({.cell = {2, 0}, .value = 0.5F, .block = 1}, "<b>0.5</b>");

    EXPECT_EQ(line_.plainText(), "“is” ← “<s>”  0.5  query 2, key 0");
    EXPECT_EQ(line_.accessibleDescription(), line_.plainText());
    EXPECT_TRUE(line_.text().contains("&lt;s&gt;")); // no tag

    line_.setReading({.cell = {3, 1}, .value = 0.5F, .block = 4}, "0.5");
    EXPECT_TRUE(line_.plainText().endsWith("query 3, key 1, strongest of 4 × 4"));

    line_.showHint();
    EXPECT_TRUE(line_.plainText().isEmpty());
    EXPECT_TRUE(line_.text().contains("Point at a cell"));
}

TEST_F(MapReadoutTest, IsInTheColoursOfTheTheme)
{
    const auto muted = [&] { return line_.text().contains(theme::palette().muted.name()); };
    for (const auto theme : {theme::ThemeName::dark, theme::ThemeName::light}) {
        line_.showHint();
        theme::setTheme(theme);
        EXPECT_TRUE(muted());
        line_.setReading({.cell = {1, 1}}, "0.1");
        theme::setTheme(theme::ThemeName::highContrast);
        EXPECT_TRUE(muted());
        EXPECT_TRUE(line_.plainText().contains("0.1"));
    }
    theme::setTheme(theme::ThemeName::light);
}

TEST(WeightText, TellsNoneFromNotFinite)
{
    EXPECT_EQ(weightText(0.25F), "0.25");
    EXPECT_EQ(weightText(-0.25F), "−0.25");
    EXPECT_EQ(weightText(std::nanf("")), "–");
    EXPECT_EQ(weightText(figure::kNotFinite), "not finite");
}

} // namespace
} // namespace vitrine
