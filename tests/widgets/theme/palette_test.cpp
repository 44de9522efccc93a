#include "widgets/theme/palette.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace vitrine::theme
{
namespace
{

// WCAG 2.1: relative luminance and contrast ratio.
double linear(double channel)
{
    return channel <= 0.03928 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& colour)
{
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

double contrast(const QColor& a, const QColor& b)
{
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

class Themes : public testing::TestWithParam<ThemeName>
{
};

TEST_P(Themes, EveryTextIsReadableOnEveryGround)
{
    const Palette& p = paletteOf(GetParam());

    for (const QColor& text : {p.text, p.muted, p.accent, p.good, p.warning, p.error}) {
        for (const QColor& ground : {p.window, p.surface, p.sunken})
            EXPECT_GE(contrast(text, ground), 4.5)
                << text.name().toStdString() << " on " << ground.name().toStdString();
    }
    EXPECT_GE(contrast(p.onAccent, p.accent), 4.5);
    EXPECT_GE(contrast(p.text, p.accentSoft), 4.5);
    EXPECT_GE(contrast(p.accent, p.accentSoft), 4.5);
    for (int series = -1; series < 8; ++series) {
        const QColor words = p.seriesWords(series);
        EXPECT_GE(contrast(words, p.surface), 4.5) << series;
        EXPECT_TRUE(words == p.text || words == p.series(series)) << series;
    }
}

INSTANTIATE_TEST_SUITE_P(All, Themes,
                         testing::Values(ThemeName::light, ThemeName::dark,
                                         ThemeName::highContrast));

TEST_P(Themes, AreasAreSeenAndDoNotDazzle)
{
    const Palette& p = paletteOf(GetParam());
    for (int series = -1; series < 8; ++series) {
        const QColor area = p.seriesArea(series);
        EXPECT_GE(contrast(area, p.surface), 1.3) << series;
        EXPECT_LT(contrast(area, QColor(Qt::black)), p.surface == QColor(Qt::black) ? 17 : 22);
    }
    EXPECT_NE(p.seriesArea(-1), p.seriesArea(6));
}

TEST(Palette, SeriesColoursFollowTheDesignAndRepeat)
{
    const Palette& p = paletteOf(ThemeName::light);

    EXPECT_EQ(p.series(0), QColor("#0072B2"));
    EXPECT_EQ(p.series(6), p.text);
    EXPECT_EQ(p.series(8), p.series(0));
    EXPECT_EQ(p.series(-1), p.muted);
}

} // namespace
} // namespace vitrine::theme
