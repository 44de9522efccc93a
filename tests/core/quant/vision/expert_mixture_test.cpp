#include "core/quant/vision/expert_mixture.h"

#include "core/base/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

Matrix mixtureNumbers(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed)
{
    Random random(seed);
    return Matrix::NullaryExpr(rows, columns, [&] { return random.normal(); });
}

ExpertMixture smallMixture()
{
    const Matrix weights = mixtureNumbers(3, 4, 1);
    return {.weights = weights,
            .bias = {0.1, 0.2, 0.3},
            .shift = *shiftLinear(weights, {0.1, 0.2, 0.3}, ShiftMode::kept, 5),
            .router = mixtureNumbers(2, 4, 2)};
}

TEST(SquaredVariation, GivesTheWorkedValues)
{
    const auto of = [](std::vector<double> values) { return squaredVariation(values); };
    EXPECT_EQ(of({3, 3}), 0);
    EXPECT_NEAR(of({1, 3}), 0.5, 1e-9);
    EXPECT_NEAR(of({10, 30}), 0.5, 1e-9);
    EXPECT_NEAR(of({2, 7}), 2 * 25.0 / 81, 1e-9);
}

TEST(Balance, IsZeroAtTheIdealSplit)
{
    const auto ideal = idealSplit({6, 4});
    EXPECT_NEAR(ideal[0], 0.4, 1e-15);
    EXPECT_NEAR(ideal[1], 0.6, 1e-15);

    // Every token with probabilities 0.4 and 0.6, and with chances under noise of 0.4 and 0.6: the
    // competitors' noisy values are placed so.
    constexpr double kQuantile = -0.2533471031357997; // of 0.4
    const double d = std::log(0.4 / 0.6);
    const Matrix clean{{d, 0}, {d, 0}},
        noisy{{0.5 * kQuantile, d - 0.5 * kQuantile}, {0.5 * kQuantile, d - 0.5 * kQuantile}};
    const Balance balance = balanceOf(clean, noisy, {6, 4});
    EXPECT_NEAR(balance.importance, 0, 1e-12);
    EXPECT_NEAR(balance.load, 0, 1e-12);
}

TEST(Balance, DoesNotChangeWithTheUnitOfTheLatencies)
{
    const Matrix clean = mixtureNumbers(9, 2, 3), noisy = mixtureNumbers(9, 2, 4);
    const Balance one = balanceOf(clean, noisy, {6, 4}), other = balanceOf(clean, noisy, {60, 40});
    EXPECT_NEAR(one.importance, other.importance, 1e-12);
    EXPECT_NEAR(one.load, other.load, 1e-12);
    EXPECT_GT(one.importance, 0);
}

TEST(Experts, EveryTokenReachesExactlyOneAndComesBackToItsPlace)
{
    const Matrix x = mixtureNumbers(20, 4, 5);
    const auto experts = chosenExperts(routerLogits(smallMixture(), x));
    const auto mult = rowsFor(experts, 0), shift = rowsFor(experts, 1);
    EXPECT_GT(mult.size(), 0u);
    EXPECT_GT(shift.size(), 0u);
    EXPECT_EQ(mult.size() + shift.size(), 20u);

    Matrix back = Matrix::Constant(20, 4, NAN);
    scatterRows(gatheredRows(x, mult), mult, back);
    scatterRows(gatheredRows(x, shift), shift, back);
    EXPECT_EQ(back, x);
}

TEST(Experts, UndecidedTokensMultiply)
{
    EXPECT_EQ(chosenExperts(Matrix{{0, 0}, {1, 2}, {2, 1}}), (std::vector<std::uint8_t>{0, 1, 0}));
}

TEST(Experts, AForcedSplitTakesThoseThatPreferItMost)
{
    const Matrix logits{{0, 3}, {0, -1}, {0, 2}, {0, 1}, {0, 0}};
    EXPECT_EQ(forcedExperts(logits, 0.4), (std::vector<std::uint8_t>{1, 0, 1, 1, 0}));
    EXPECT_EQ(forcedExperts(logits, 0), (std::vector<std::uint8_t>{1, 1, 1, 1, 1}));
    EXPECT_EQ(forcedExperts(logits, 1), (std::vector<std::uint8_t>{0, 0, 0, 0, 0}));
}

TEST(MixtureProduct, WithAllTokensOnTheMultiplyingExpertIsThatLayerBitForBit)
{
    const ExpertMixture mixture = smallMixture();
    const Matrix x = mixtureNumbers(20, 4, 6);
    Matrix plain = x.lazyProduct(mixture.weights.transpose());
    for (Eigen::Index o = 0; o < 3; ++o)
        plain.col(o).array() += mixture.bias[static_cast<std::size_t>(o)];

    EXPECT_EQ(mixtureProduct(mixture, x, std::vector<std::uint8_t>(20, 0)), plain);
    EXPECT_EQ(mixtureProduct(mixture, x, std::vector<std::uint8_t>(20, 1)),
              shiftedProduct(mixture.shift, x));
}

TEST(MixtureTime, IsTheSumInTurnAndTheLongerOneBesideEachOther)
{
    const MixtureTime time = mixtureTime({40, 60}, {6, 4});
    EXPECT_EQ(time.inTurn, 480);
    EXPECT_EQ(time.beside, 240); // the ideal split: both take equally long
}

} // namespace
} // namespace vitrine::quant
