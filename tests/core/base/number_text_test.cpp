#include "core/base/number_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace vitrine
{
namespace
{

std::vector<std::string> columnOf(const std::vector<double>& values, int digits = 4)
{
    const auto decimals = commonDecimals(values, digits);
    std::vector<std::string> texts;
    for (const double value : values)
        texts.push_back(columnText(value, decimals, digits));
    return texts;
}

TEST(ReadOut, HasSixDigitsAndAllOfAWholeNumber)
{
    EXPECT_EQ(readOut(0.1705887499020347), "0.170589");
    EXPECT_EQ(readOut(-33.529999999999994), "−33.53");
    EXPECT_EQ(readOut(0.1F), "0.1"); // what a float is not sure of is not shown
    EXPECT_EQ(readOut(2623), "2,623");
    EXPECT_EQ(readOut(-1234567890), "−1,234,567,890");
    EXPECT_EQ(readOut(1234567.5), "1,234,568");
    EXPECT_EQ(readOut(1.23456789e-9), "1.23457e−09");
    EXPECT_EQ(readOut(1e300), "1e+300");
    EXPECT_EQ(readOut(0), "0");
    EXPECT_EQ(readOut(-0.0), "0");
    EXPECT_EQ(readOut(std::nan("")), "–");
    EXPECT_EQ(readOut(-std::numeric_limits<double>::infinity()), "−∞");
}

TEST(WholeText, HasAllItsDigits)
{
    EXPECT_EQ(wholeText(999), "999");
    EXPECT_EQ(wholeText(-1000), "−1,000");
    EXPECT_EQ(wholeText(std::numeric_limits<std::int64_t>::min()), "−9,223,372,036,854,775,808");
}

TEST(SignedText, AlwaysHasASign)
{
    EXPECT_EQ(signedText(1.54, 1), "+1.5");
    EXPECT_EQ(signedText(-1234.56, 1), "−1,234.6");
    EXPECT_EQ(signedText(0, 1), "+0.0");
    EXPECT_EQ(signedText(-0.01, 1), "0.0");
    EXPECT_EQ(signedText(std::nan(""), 1), "–");
}

TEST(CommonDecimals, AreThoseOfTheLargestNumber)
{
    using Texts = std::vector<std::string>;
    EXPECT_EQ(columnOf({1.9, 1.903, 2.33}), (Texts{"1.900", "1.903", "2.330"}));
    EXPECT_EQ(columnOf({1.9, -33.53}), (Texts{"1.90", "−33.53"}));
    EXPECT_EQ(columnOf({5, 12, 1234}), (Texts{"5", "12", "1,234"})); // nothing but whole numbers
    EXPECT_EQ(columnOf({0.5, 0.25}), (Texts{"0.50", "0.25"}));
    EXPECT_EQ(columnOf({0, std::nan(""), 1.25}), (Texts{"0.00", "–", "1.25"}));
}

TEST(CommonDecimals, LeaveTheSmallestTwoDigits)
{
    using Texts = std::vector<std::string>;
    EXPECT_EQ(columnOf({0.0412, 35.21}), (Texts{"0.041", "35.210"}));
    EXPECT_EQ(columnOf({12345.678, 0.5}), (Texts{"12,345.68", "0.50"}));
}

TEST(CommonDecimals, AreNoneWhereTheNumbersAreTooUnlike)
{
    using Texts = std::vector<std::string>;
    EXPECT_EQ(columnOf({12345.678, 0.000123}), (Texts{"12,346", "0.000123"}));
    EXPECT_EQ(columnOf({1e-9, 2e-9}), (Texts{"1e−09", "2e−09"}));
    EXPECT_EQ(commonDecimals({}), std::nullopt);
    EXPECT_EQ(columnText(0.0012, 1), "0.0012"); // not of the column that gave the decimals
}

} // namespace
} // namespace vitrine
