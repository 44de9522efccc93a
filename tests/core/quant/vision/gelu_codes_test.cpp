#include "core/quant/vision/gelu_codes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

using testing::ElementsAre;

double gelu(double x)
{
    return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
}

// The largest distance of a table from GELU, over the codes that meet no end of the output; in
// steps of the output.
double largestError(const std::vector<std::int8_t>& table, const CodeGrid& input,
                    const CodeGrid& output)
{
    double largest = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
        const double exact =
            gelu(input.value(input.low() + static_cast<std::int64_t>(i))) / output.scale;
        if (exact <= static_cast<double>(output.high()))
            largest = std::max(largest, std::abs(table[i] - exact));
    }
    return largest;
}

TEST(GeluTable, HasTheNearestCodeOfEachCode)
{
    const CodeGrid input{.bits = 3, .scale = 0.5}, output{.scale = 0.0625};
    // gelu(-2 ... 1.5) = -0.0455 -0.1002 -0.1587 -0.1543 0 0.3457 0.8413 1.3998
    EXPECT_THAT(geluTable(input, output), ElementsAre(-1, -2, -3, -2, 0, 6, 13, 22));
}

TEST(GeluTable, IsWithinHalfAStepAtAllScales)
{
    for (int from = -8; from <= 0; ++from) {
        for (int to = -8; to <= 0; ++to) {
            const CodeGrid input{.scale = std::ldexp(1, from)};
            const CodeGrid output{.scale = std::ldexp(1, to)};
            const auto table = geluTable(input, output);
            ASSERT_EQ(table.size(), 256u);
            EXPECT_LE(largestError(table, input, output), 0.5 + 1e-9);
            EXPECT_EQ(table[128], 0);
        }
    }
}

TEST(GeluTable, StopsAtTheEndsAndReadsUnsignedCodes)
{
    const CodeGrid input{.isSigned = false, .scale = 0.5, .zero = 10}, output{.scale = 0.25};
    const auto table = geluTable(input, output);
    EXPECT_EQ(table[10], 0);
    EXPECT_EQ(table[12], 3); // gelu(1) = 0.841
    EXPECT_EQ(table[255], 127);
}

TEST(ShiftGelu, WorkedExample)
{
    std::vector<std::int64_t> y;
    for (const std::int64_t x : {40, 24, 0, -16, -40})
        y.push_back(shiftGelu(x, 40, 0x1p-4));
    EXPECT_THAT(y, ElementsAre(5000, 2760, 0, -320, -80));
}

// In x itself: 0.02 from the sigmoid for erf, the rest from its straight lines and its seven bits.
TEST(ShiftGelu, IsNearGeluAtAllScales)
{
    for (int from = -12; from <= 3; ++from) {
        const double scale = std::ldexp(1, from);
        for (std::int64_t x = -128; x < 128; ++x) {
            const auto y = static_cast<double>(shiftGelu(x, std::max<std::int64_t>(x, 0), scale));
            const double real = static_cast<double>(x) * scale;
            ASSERT_NEAR(y * scale / 128, gelu(real), 0.02 + 0.06 * std::abs(real))
                << real << " at 2^" << from;
        }
    }
}

TEST(ShiftGelu, TablesAreFartherFromGeluThanTheExactOnes)
{
    const CodeGrid input{.scale = 0x1p-4}, output{.scale = 0x1p-5};
    const auto table = shiftGeluTable(input, output);

    ASSERT_EQ(table.size(), 256u);
    EXPECT_EQ(table[128], 0);
    const double error = largestError(table, input, output);
    RecordProperty("error", std::to_string(error));
    EXPECT_LT(error, 4.5);
    EXPECT_GT(error, largestError(geluTable(input, output), input, output));
}

TEST(ShiftGelu, TablesRequantizeByShifts)
{
    const CodeGrid input{.scale = 0x1p-4}, output{.scale = 0x1p-3};
    const auto table = shiftGeluTable(input, output);
    for (std::int64_t x = -128; x < 128; ++x) {
        const auto y = static_cast<double>(shiftGelu(x, std::max<std::int64_t>(x, 0), 0x1p-4));
        ASSERT_EQ(table[static_cast<std::size_t>(x + 128)],
                  output.code(y * 0x1p-11, Rounding::halfUp));
    }
}

} // namespace
} // namespace vitrine::quant
