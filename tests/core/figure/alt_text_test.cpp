#include "core/figure/alt_text.h"

#include <gtest/gtest.h>

namespace vitrine::figure
{
namespace
{

TEST(AltText, IsTheFiguresOwnWhereItHasOne)
{
    EXPECT_EQ(altTextOf({.altText = "Two maps.", .images = {{.name = "coat"}}}), "Two maps.");
    EXPECT_EQ(altTextOf({.title = "Sinks"}), "");
}

TEST(AltText, NamesThePicturesElse)
{
    Figure figure{
        .images = {{.name = "coat, taken for a shirt", .caption = "a"}, {.caption = "bag\n0.61"}}};
    EXPECT_EQ(altTextOf(figure), "Pictures: coat, taken for a shirt; bag 0.61");

    figure.images.resize(3);
    EXPECT_EQ(altTextOf(figure), "Pictures: coat, taken for a shirt; bag 0.61; and 1 more");
    figure.images.assign(40, {.name = "coat"});
    EXPECT_TRUE(altTextOf(figure).ends_with("coat; and 28 more"));
    figure.images.assign(2, {});
    EXPECT_EQ(altTextOf(figure), "");
}

} // namespace
} // namespace vitrine::figure
