#include "core/tensor/kernels/elementwise.h"

#include "core/base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace vitrine::kernels
{
namespace
{

std::vector<float> randomRow(std::int64_t count, double deviation, std::uint64_t seed)
{
    Random random(seed);
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i)
        values.push_back(static_cast<float>(deviation * random.normal()));
    return values;
}

TEST(ExpNegative, HasARelativeErrorOfAboutOneUnitInTheLastPlace)
{
    std::vector<float> x;
    for (int i = 0; i <= 870'000; ++i)
        x.push_back(-static_cast<float>(i) * 1e-4f);
    std::vector<float> y = x;

    expNegative(y.data(), static_cast<std::int64_t>(y.size()));

    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double exact = std::exp(static_cast<double>(x[i]));
        worst = std::max(worst, std::abs(y[i] - exact) / exact);
    }
    EXPECT_LE(worst, 1.5e-7);
}

TEST(ExpNegative, IsExactAtZeroAndTinyBelowItsRange)
{
    std::vector<float> x{0, -0.0f, -87.5f, -1e4f, -INFINITY};

    expNegative(x.data(), 5);

    EXPECT_EQ(x[0], 1.0f);
    EXPECT_EQ(x[1], 1.0f);
    for (std::size_t i = 2; i < 5; ++i) {
        EXPECT_GT(x[i], 0.0f);
        EXPECT_LT(x[i], 2e-38f);
    }
}

TEST(RmsNorm, AgreesWithDoublePrecisionForEverySmallSize)
{
    for (std::int64_t size = 1; size <= 70; ++size) {
        const auto x = randomRow(size, 3, 1), weight = randomRow(size, 1, 2);
        std::vector<float> out(x.size());

        rmsNorm(x.data(), weight.data(), size, 1e-5f, out.data());

        double squares = 0;
        for (const float value : x)
            squares += static_cast<double>(value) * value;
        const double factor = 1 / std::sqrt(squares / static_cast<double>(size) + 1e-5);
        for (std::size_t i = 0; i < x.size(); ++i)
            EXPECT_NEAR(out[i], weight[i] * x[i] * factor,
                        2e-6 * std::abs(weight[i] * x[i] * factor) + 1e-12);
    }
}

// Squares beyond 3.4e38 are no reason for a row of zeros.
TEST(RmsNorm, TakesNumbersWhoseSquaresSinglePrecisionCannotHold)
{
    for (const std::int64_t size : {1, 7, 64}) {
        auto x = randomRow(size, 3, 1);
        const auto weight = randomRow(size, 1, 2);
        std::vector<float> expected(x.size()), out(x.size());
        rmsNorm(x.data(), weight.data(), size, 1e-30f, expected.data());
        for (float& value : x)
            value *= 0x1p100f;

        rmsNorm(x.data(), weight.data(), size, 1e-30f, out.data());

        for (std::size_t i = 0; i < x.size(); ++i)
            EXPECT_NEAR(out[i], expected[i], 1e-6 * std::abs(expected[i]));
    }
}

TEST(SwiGlu, AHugeNegativeGateLetsNothingThrough)
{
    std::vector<float> gate{-100, -1e30f, -3e38f, 3e38f};
    const std::vector<float> up{1, 1, 1, 1};

    swiGlu(gate.data(), up.data(), 4);

    EXPECT_NEAR(gate[0], 0, 1e-37);
    EXPECT_EQ(gate[1], 0);
    EXPECT_EQ(gate[2], 0);
    EXPECT_EQ(gate[3], 3e38f);
}

TEST(SwiGlu, AgreesWithDoublePrecisionAlsoForLargeValues)
{
    for (std::int64_t size = 1; size <= 70; ++size) {
        auto gate = randomRow(size, 30, 3);
        const auto before = gate, up = randomRow(size, 1, 4);

        swiGlu(gate.data(), up.data(), size);

        for (std::size_t i = 0; i < gate.size(); ++i) {
            const double expected =
                before[i] / (1 + std::exp(-static_cast<double>(before[i]))) * up[i];
            EXPECT_NEAR(gate[i], expected, 5e-7 * std::abs(expected) + 1e-30) << before[i];
        }
    }
}

TEST(Rotate, TurnsPairsOfTheTwoHalves)
{
    for (std::int64_t half = 1; half <= 40; ++half) {
        auto x = randomRow(2 * half, 1, 5);
        const auto before = x, angles = randomRow(half, 2, 6);
        std::vector<float> cosine, sine;
        for (const float angle : angles) {
            cosine.push_back(std::cos(angle));
            sine.push_back(std::sin(angle));
        }

        rotate(x.data(), cosine.data(), sine.data(), 2 * half);

        for (std::size_t d = 0; d < angles.size(); ++d) {
            const float x1 = before[d], x2 = before[d + angles.size()];
            EXPECT_NEAR(x[d], x1 * cosine[d] - x2 * sine[d], 1e-6);
            EXPECT_NEAR(x[d + angles.size()], x2 * cosine[d] + x1 * sine[d], 1e-6);
        }
    }
}

} // namespace
} // namespace vitrine::kernels
