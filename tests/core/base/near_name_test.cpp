#include "core/base/near_name.h"

#include <gtest/gtest.h>

#include <array>

namespace vitrine
{
namespace
{

TEST(NearName, CountsLettersApart)
{
    EXPECT_EQ(lettersApart("", ""), 0u);
    EXPECT_EQ(lettersApart("", "bits"), 4u);
    EXPECT_EQ(lettersApart("bits", "bits"), 0u);
    EXPECT_EQ(lettersApart("bits", "bit"), 1u);
    EXPECT_EQ(lettersApart("kitten", "sitting"), 3u);
}

TEST(NearName, AdvisesTheNearestOrNamesAll)
{
    constexpr std::array<std::string_view, 3> known = {"group_rows", "group_columns", "form"};
    EXPECT_EQ(nameAdvice("group_row", known), "did you mean \"group_rows\"?");
    EXPECT_EQ(nameAdvice("from", known), "did you mean \"form\"?");
    EXPECT_EQ(nameAdvice("scale", known), "known are group_rows, group_columns, form");
    EXPECT_EQ(nameAdvice(std::string(100'000, 'f'), known),
              "known are group_rows, group_columns, form");
}

} // namespace
} // namespace vitrine
