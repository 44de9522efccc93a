#include "core/quant/vision/power_scale.h"

#include "core/base/random.h"
#include "core/quant/vision/grid_losses.h"
#include "tests/core/quant/vision/released_values.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

Range seenRange(const std::vector<float>& values)
{
    const auto [low, high] = std::ranges::minmax(values);
    return {low, high};
}

TEST(PowerScale, ASymmetricScaleDividesByHalfTheCodes)
{
    EXPECT_EQ(symmetricGrid({-255, 100}, 8).scale, 2); // 127.5, not 127
    EXPECT_EQ(symmetricGrid({-1, 15}, 4).scale, 2);    // 7.5, not 7
    EXPECT_EQ(symmetricGrid({-1, 15}, 4).zero, 0);
}

TEST(PowerScale, AnAsymmetricScaleHasAZeroPoint)
{
    const CodeGrid grid = asymmetricGrid({-1, 4.1}, 8, false);
    EXPECT_NEAR(grid.scale, 0.02, 1e-15);
    EXPECT_EQ(grid.zero, 50);
    EXPECT_EQ(asymmetricGrid({1, 4}, 8, false).zero, 0) << "held at the ends of the codes";
}

TEST(PowerScale, NothingIsSmallerThanTheEpsilonOfSinglePrecision)
{
    const double epsilon = std::numeric_limits<float>::epsilon();
    EXPECT_EQ(symmetricGrid({}, 8).scale, epsilon);
    EXPECT_EQ(asymmetricGrid({3, 3}, 8, true).scale, epsilon);
    EXPECT_EQ(candidateExponents(epsilon), (std::vector<int>{-23, -23, -22, -21}));
    EXPECT_EQ(choosePower(std::ldexp(1.0, -40), PowerRounding::ceil, {}, {}).scale, epsilon);
}

TEST(PowerScale, NearestIsThatOfTheArithmeticMidpoint)
{
    const auto nearest = [](double x) { return roundedExponent(x, PowerRounding::nearest); };
    EXPECT_EQ(nearest(1.5), 0) << "the midpoint itself stays below";
    EXPECT_EQ(nearest(std::nextafter(1.5, 2)), 1);
    EXPECT_EQ(nearest(1.42), 0) << "above the square root of 2";
    EXPECT_EQ(nearest(0.25), -2);
    EXPECT_EQ(roundedExponent(1.01, PowerRounding::ceil), 1);
    EXPECT_EQ(roundedExponent(1.99, PowerRounding::floor), 0);
    EXPECT_EQ(roundedExponent(8, PowerRounding::ceil), 3);
    EXPECT_EQ(roundedExponent(8, PowerRounding::floor), 3);
}

TEST(PowerScale, OfEqualLossesTheFirstCandidateWins)
{
    const PowerChoice choice =
        choosePower(1.2, PowerRounding::adaptive, {-1, 2}, {0.5, 0.25, 0.25, 0.75});
    EXPECT_EQ(choice.exponents, (std::vector<int>{-1, 0, 1, 2}));
    EXPECT_EQ(choice.scale, 1);
    EXPECT_EQ(choosePower(1.2, PowerRounding::none, {}, {}).scale, 1.2);
    EXPECT_EQ(choosePower(1.2, PowerRounding::adaptive, {0, 1}, {0.5, 0.25}).scale, 2)
        << "the first version's window";
}

// Invariants 1 and 5 of the method.
TEST(PowerScale, AdaptiveLosesNoMoreThanTheOtherRoundings)
{
    Random random(3);
    for (int round = 0; round < 40; ++round) {
        std::vector<double> values(500);
        for (double& value : values)
            value = random.normal() * std::exp(random.normal());
        const auto [low, high] = std::ranges::minmax(values);
        const CodeGrid raw = symmetricGrid({low, high}, round % 2 == 0 ? 8 : 4);
        GridLosses losses(candidateGrids(raw));
        losses.add(std::span<const double>(values));
        const PowerChoice best =
            choosePower(raw.scale, PowerRounding::adaptive, {}, losses.means());
        EXPECT_TRUE(isPowerOfTwo(best.scale));
        const auto lossOf = [&](double scale) {
            for (std::size_t i = 0; i < losses.grids().size(); ++i)
                if (losses.grids()[i].scale == scale)
                    return losses.means()[i];
            ADD_FAILURE() << scale << " is not in the window";
            return 0.0;
        };
        for (const auto other :
             {PowerRounding::nearest, PowerRounding::ceil, PowerRounding::floor}) {
            const double scale = choosePower(raw.scale, other, {}, {}).scale;
            EXPECT_TRUE(isPowerOfTwo(scale));
            EXPECT_LE(lossOf(best.scale), lossOf(scale));
        }
    }
}

class ReleasedActivation : public Released
{
protected:
    // Scale, and the tensor as the release has it.
    void expectSame(const std::string& name, const CodeGrid& raw, double scale)
    {
        EXPECT_EQ(scale, released().values(name + ".scale")[0]);
        CodeGrid grid = raw;
        grid.scale = scale;
        EXPECT_EQ(grid.zero, released().values(name + ".zero_point")[0]);
        const auto in = released().values(name.substr(0, name.find('.')) +
                                          (raw.isSigned ? ".in" : ".uint8.asym.in")),
                   out = released().values(name + ".out");
        for (std::size_t i = 0; i < in.size(); ++i)
            ASSERT_EQ(static_cast<float>(grid.nearest(in[i], Rounding::halfEven)), out[i]) << i;
    }
};

TEST_F(ReleasedActivation, ScalesAndValuesAreTheSame)
{
    const auto in = released().values("act.in"), other = released().values("act.uint8.asym.in");
    for (const auto& [name, raw, values] :
         {std::tuple("act.int8", symmetricGrid(seenRange(in), 8), in),
          std::tuple("act.uint8.asym", asymmetricGrid(seenRange(other), 8, false), other)}) {
        GridLosses losses(candidateGrids(raw));
        losses.add(std::span<const float>(values));
        const auto choice = choosePower(raw.scale, PowerRounding::adaptive, {}, losses.means());
        expectSame(name, raw, choice.scale);
    }
}

// The loss may also be taken behind the attention: any loss of the candidates decides.
TEST_F(ReleasedActivation, ALossBehindTheAttentionChoosesTheSame)
{
    const Matrix qkv = released().matrix("actattn.in");
    const CodeGrid raw = symmetricGrid({qkv.minCoeff(), qkv.maxCoeff()}, 8);
    std::vector<double> losses;
    for (const CodeGrid& grid : candidateGrids(raw)) {
        Matrix rounded = qkv;
        for (Eigen::Index i = 0; i < rounded.size(); ++i)
            rounded.data()[i] = grid.nearest(rounded.data()[i], Rounding::halfEven);
        losses.push_back((attended(qkv, 17, 3) - attended(rounded, 17, 3)).squaredNorm());
    }
    const auto choice = choosePower(raw.scale, PowerRounding::adaptive, {}, losses);
    expectSame("actattn.int8", raw, choice.scale);
}

} // namespace
} // namespace vitrine::quant
