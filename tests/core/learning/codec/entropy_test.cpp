#include "core/learning/nets/codec/entropy.h"

#include "core/learning/nets/codec/gains.h"
#include "core/learning/nets/codec/tables.h"
#include "tests/core/learning/codec/gradients.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::learning::codec
{
namespace
{

double oneBin(double offset, double sigma)
{
    return gaussianBits(torch::tensor({offset}, torch::kDouble),
                        torch::tensor({std::log(sigma)}, torch::kDouble))
        .item<double>();
}

TEST(GaussianBits, AreMinusLog2OfTheBin)
{
    const double p = std::erf(0.5 / std::sqrt(2.0)); // within half a deviation
    EXPECT_NEAR(oneBin(0.0, 1.0), -std::log2(p), 1e-12);
    const double tail =
        0.5 * (std::erfc(2.5 / 2 / std::sqrt(2.0)) - std::erfc(3.5 / 2 / std::sqrt(2.0)));
    EXPECT_NEAR(oneBin(-3.0, 2.0), -std::log2(tail), 1e-12);
}

TEST(GaussianBits, HoldTheDeviationAndStayFiniteFarOut)
{
    EXPECT_DOUBLE_EQ(oneBin(0.0, 0.01), oneBin(0.0, kLeastSigma));
    EXPECT_DOUBLE_EQ(oneBin(5.0, 1e4), oneBin(5.0, kMostSigma));
    EXPECT_GT(oneBin(40.0, kLeastSigma), 1000.0);
    EXPECT_TRUE(std::isfinite(oneBin(1000.0, kLeastSigma)));
}

TEST(GaussianBits, HaveTheGradientOfTheirDifferences)
{
    torch::manual_seed(10);
    const double error =
        gradientError([](const auto& in) { return gaussianBits(in[0], in[1]).sum(); },
                      {torch::randn({40}, torch::kDouble) * 3.0,
                       (torch::randn({40}, torch::kDouble) * 0.7).clamp(-2.0, 2.0)});

    EXPECT_LT(error, 1e-6);
}

TEST(LogisticBits, OfAllIntegersTogetherAreOneProbability)
{
    const auto values = torch::arange(-60, 61).to(torch::kDouble);
    const auto bits = logisticBits(values, torch::tensor({0.3}, torch::kDouble),
                                   torch::tensor({0.5}, torch::kDouble));

    EXPECT_NEAR(torch::exp2(-bits).sum().item<double>(), 1.0, 1e-6);
}

TEST(RoundThrough, RoundsForwardsAndLetsGradientsPass)
{
    const auto x = torch::tensor({0.2f, 1.7f}).requires_grad_();
    const auto y = roundThrough(x);
    y.sum().backward();

    EXPECT_TRUE(torch::equal(y, torch::tensor({0.0f, 2.0f})));
    EXPECT_TRUE(torch::equal(x.grad(), torch::ones({2})));
}

TEST(Gains, BetweenTwoQualitiesAreTheGeometricMean)
{
    torch::manual_seed(11);
    Gains gains(6);
    torch::NoGradGuard noGradient;
    gains->parameters()[0].normal_();

    const auto low = gains(1.0), high = gains(2.0);

    EXPECT_TRUE(torch::allclose(gains(1.5), (low * high).sqrt(), 1e-5, 1e-6));
    EXPECT_TRUE(torch::equal(gains(7.0), gains(3.0)));
    EXPECT_DOUBLE_EQ(lambdaOf(0.0), 256.0);
    EXPECT_DOUBLE_EQ(lambdaOf(3.0), 2048.0);
}

TEST(GaussianTables, CostWhatTheDensityCosts)
{
    const auto tables = gaussianTables();
    const auto values = sigmas();
    for (const size_t i : {size_t{20}, size_t{40}, size_t{63}})
        for (const int symbol : {0, 1, -2})
            EXPECT_NEAR(bitsIn(tables[i], symbol), oneBin(symbol, values[i]), 0.02);
}

} // namespace
} // namespace vitrine::learning::codec
