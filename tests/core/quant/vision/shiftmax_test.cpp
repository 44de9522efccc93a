#include "core/quant/vision/shiftmax.h"

#include "core/base/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace vitrine::quant
{
namespace
{

using testing::ElementsAre;

struct ShiftmaxRow {
    std::vector<std::int8_t> weights;
    bool inRange = false;
};

ShiftmaxRow shiftmaxOf(double scale, const std::vector<std::int8_t>& scores)
{
    ShiftmaxRow row{std::vector<std::int8_t>(scores.size())};
    row.inRange = Shiftmax(scale).row(scores, row.weights);
    return row;
}

TEST(Shiftmax, WorkedExample)
{
    EXPECT_THAT(shiftmaxOf(0x1p-4, {40, 24, 0, -16}).weights, ElementsAre(84, 33, 7, 2));
}

TEST(Shiftmax, OneScoreHasAllTheWeightThereIs)
{
    for (const double scale : {0x1p-6, 0x1p-4, 8.0})
        EXPECT_THAT(shiftmaxOf(scale, {-100}).weights, ElementsAre(127));
    // 15 * 2^27 / 2^24: the reciprocal has four digits left.
    EXPECT_THAT(shiftmaxOf(0x1p-12, {-100}).weights, ElementsAre(120));
}

// The exponential's straight lines are up to 0.043 high; weights are cut to steps of 1/128.
TEST(Shiftmax, IsNearTheExactSoftmax)
{
    Random random(1);
    for (int log2Scale = -6; log2Scale <= 3; ++log2Scale) {
        const double scale = std::ldexp(1, log2Scale);
        for (int i = 0; i < 50; ++i) {
            std::vector<std::int8_t> scores(10);
            for (std::int8_t& score : scores)
                score = static_cast<std::int8_t>(
                    std::clamp(random.normal() * 2 / scale, -128.0, 127.0));
            double sum = 0;
            for (const std::int8_t score : scores)
                sum += std::exp(score * scale);
            const auto row = shiftmaxOf(scale, scores);
            ASSERT_TRUE(row.inRange);
            for (std::size_t j = 0; j < scores.size(); ++j)
                ASSERT_NEAR(row.weights[j] / 128.0, std::exp(scores[j] * scale) / sum, 0.05);
            ASSERT_LE(std::accumulate(row.weights.begin(), row.weights.end(), 0), 128);
        }
    }
}

TEST(Shiftmax, SaysWhereItsSumMetTheEndOf31Bits)
{
    EXPECT_TRUE(shiftmaxOf(0x1p-4, std::vector<std::int8_t>(4095)).inRange);
    EXPECT_FALSE(shiftmaxOf(0x1p-4, std::vector<std::int8_t>(4096)).inRange);
    EXPECT_FALSE(shiftmaxOf(0x1p-8, std::vector<std::int8_t>(257)).inRange);
}

// Straight lines between powers of two are up to 0.043 high; floors leave out up to one step.
TEST(IvitExponential, IsNearTheExponential)
{
    for (const double scale : {0x1p-10, 0x1p-6, 0x1p-4, 0.5, 4.0}) {
        const IvitExponential exponential(scale, 15);
        const auto one = static_cast<double>(exponential.of(0));
        for (std::int64_t x = 0; x > -256; --x) {
            const double exact = std::exp(static_cast<double>(x) * scale);
            ASSERT_NEAR(static_cast<double>(exponential.of(x)) / one, exact,
                        0.045 + std::min(scale, 0.125) / 2)
                << x << " * " << scale;
        }
    }
}

} // namespace
} // namespace vitrine::quant
