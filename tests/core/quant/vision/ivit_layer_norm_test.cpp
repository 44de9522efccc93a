#include "core/quant/vision/ivit_layer_norm.h"

#include "core/base/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace vitrine::quant
{
namespace
{

TEST(IvitRoot, TenRoundsAreTooFewForSmallSums)
{
    EXPECT_EQ(ivitRoot(10000).root, 108);
    EXPECT_FALSE(ivitRoot(10000).converged);
    EXPECT_EQ(ivitRoot(2).root, 64);
    EXPECT_FALSE(ivitRoot(2).converged);
    EXPECT_EQ(ivitRoot(10000, 13).root, 100);
    EXPECT_TRUE(ivitRoot(10000, 13).converged);
    EXPECT_EQ(ivitRoot(123456789).root, 11111);
    EXPECT_TRUE(ivitRoot(123456789).converged);
}

TEST(IvitRoot, ConvergesWithinOneWithEnoughRounds)
{
    for (std::int64_t v = 1; v < std::int64_t{1} << 44; v += 1 + v / 50) {
        const IvitRoot found = ivitRoot(v, 40);
        ASSERT_TRUE(found.converged) << v;
        ASSERT_NEAR(static_cast<double>(found.root), std::sqrt(static_cast<double>(v)), 1) << v;
    }
}

struct Row {
    std::vector<std::int8_t> codes, out;
    bool converged = false;
    double largestDeviation = 0; // from the formula without roundings, steps of the output
};

Row normalized(double spread, int rounds)
{
    constexpr std::size_t kChannels = 192;
    const CodeGrid input{.scale = 0x1p-5}, output{.scale = 0x1p-5};
    Random random(7);
    std::vector<float> weight, bias;
    Row row;
    for (std::size_t i = 0; i < kChannels; ++i) {
        weight.push_back(static_cast<float>(0.7 + 0.3 * random.normal()));
        bias.push_back(static_cast<float>(0.2 * random.normal()));
        row.codes.push_back(static_cast<std::int8_t>(
            std::clamp(std::round(spread * random.normal()), -128.0, 127.0)));
    }
    row.out.resize(kChannels);
    row.converged = IvitLayerNorm(input, output, weight, bias, rounds).row(row.codes, row.out);

    const double count = static_cast<double>(kChannels);
    const double mean = std::accumulate(row.codes.begin(), row.codes.end(), 0.0) / count;
    double variance = 0;
    for (const double x : row.codes)
        variance += (x - mean) * (x - mean) / count;
    for (std::size_t i = 0; i < kChannels; ++i) {
        const double y = (row.codes[i] - mean) / std::sqrt(variance) * weight[i] + bias[i];
        if (std::abs(y / output.scale) < 127)
            row.largestDeviation =
                std::max(row.largestDeviation, std::abs(row.out[i] - y / output.scale));
    }
    return row;
}

TEST(IvitLayerNorm, IsNearTheFloatLayerNormWhereTheRootConverges)
{
    const Row row = normalized(40, kIvitRootRounds);
    EXPECT_TRUE(row.converged);
    // Half a code of the mean, 1/80 of the deviation, and half a code of the output.
    EXPECT_LT(row.largestDeviation, 0.5 + 32 * 0.5 / 40 * 1.6);
}

TEST(IvitLayerNorm, SaysWhereItsRootDidNotConverge)
{
    const Row few = normalized(3, kIvitRootRounds), many = normalized(3, 20);
    EXPECT_FALSE(few.converged);
    EXPECT_GT(few.largestDeviation, 25);
    EXPECT_TRUE(many.converged);
    EXPECT_LT(many.largestDeviation, 0.5 + 32 * 0.5 / 3 * 1.6);
}

TEST(IvitLayerNorm, RowsOfEqualCodesGiveTheBias)
{
    const CodeGrid input{.scale = 1}, output{.scale = 0.25};
    const std::vector<float> weight(24, 1), bias(24, 1.625f);
    std::vector<std::int8_t> out(24);
    EXPECT_TRUE(
        IvitLayerNorm(input, output, weight, bias, 64).row(std::vector<std::int8_t>(24, -77), out));
    EXPECT_THAT(out, testing::Each(7));
}

} // namespace
} // namespace vitrine::quant
