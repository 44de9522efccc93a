#include "core/quant/vision/shift_linear.h"

#include "core/base/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

Matrix normalMatrix(Eigen::Index rows, Eigen::Index columns, double deviation, std::uint64_t seed)
{
    Random random(seed);
    return Matrix::NullaryExpr(rows, columns, [&] { return deviation * random.normal(); });
}

ShiftLinear made(const Matrix& weights, ShiftMode mode, int bits, std::vector<double> bias = {})
{
    auto layer = shiftLinear(weights, std::move(bias), mode, bits);
    EXPECT_TRUE(layer) << (layer ? "" : layer.error().message);
    return std::move(layer).value_or(ShiftLinear{});
}

TEST(ShiftLinear, KeepsPowersOfTwoAndZero)
{
    const Matrix weights{{0.125, -0.125, 0, 1, -0.5}};
    for (const ShiftMode mode : {ShiftMode::kept, ShiftMode::trained})
        EXPECT_EQ(made(weights, mode, 5).values(), weights);
}

TEST(ShiftLinear, EachModeHasItsRangeOfExponents)
{
    const Matrix tiny{{1e-9, 3.0}};
    EXPECT_EQ(made(tiny, ShiftMode::kept, 5).values(), (Matrix{{std::exp2(-15), 1}}));
    EXPECT_EQ(made(tiny, ShiftMode::trained, 5).values(), (Matrix{{std::exp2(-14), 1}}));
    EXPECT_EQ(made(tiny, ShiftMode::kept, 3).values(), (Matrix{{std::exp2(-3), 1}}));
}

TEST(ShiftLinear, IsWithinHalfAnOctaveInsideTheRange)
{
    const Matrix weights = normalMatrix(30, 30, 0.1, 1);
    const Matrix rounded = made(weights, ShiftMode::kept, 5).values();
    for (Eigen::Index i = 0; i < weights.size(); ++i)
        if (std::abs(weights.data()[i]) >= std::exp2(-15)) {
            EXPECT_LE(std::abs(std::log2(rounded.data()[i] / weights.data()[i])), 0.5 + 1e-6);
        }
}

TEST(ShiftLinear, TwoTermsAtFiveBitsAreTheSixteenSumsOfSp2)
{
    // s = 1; a term is 0, 1/8, 1/4 or 1/2.
    const Matrix weights{{1, 0.7, 0.26, -0.36, 0.05}};
    EXPECT_EQ(made(weights, ShiftMode::additive, 5).values(), (Matrix{{1, 0.75, 0.25, -0.375, 0}}));
}

TEST(ShiftLinear, MoreBitsOfTwoTermsAreNearer)
{
    const Matrix weights = normalMatrix(40, 40, 0.05, 2);
    double before = 1e9;
    for (int bits = 3; bits <= 8; ++bits) {
        const double error = (made(weights, ShiftMode::additive, bits).values() - weights).norm();
        EXPECT_LE(error, before) << bits;
        before = error;
    }
}

// Inputs on the fixed-point grid: what is lost is the rounding of each term.
TEST(ShiftedProduct, InIntegersIsWithinOneStepOfEveryTerm)
{
    for (const ShiftMode mode : {ShiftMode::kept, ShiftMode::trained, ShiftMode::additive}) {
        const ShiftLinear layer =
            made(normalMatrix(9, 50, 0.1, 3), mode, 5, std::vector<double>(9, 0.25));
        Matrix x = normalMatrix(7, 50, 1, 4);
        x = (x.array() * 65536).floor() / 65536;

        const Matrix exact = shiftedProduct(layer, x);
        const auto whole = shiftedProductInIntegers(layer, x);

        ASSERT_TRUE(whole) << whole.error().message;
        const double terms = layer.second.empty() ? 50 : 100;
        EXPECT_LE((*whole - exact).cwiseAbs().maxCoeff(), terms / 65536);
        EXPECT_NE(*whole, exact);
    }
}

TEST(ShiftedProduct, RoundsNegativeInputsDown)
{
    const ShiftLinear layer = made(Matrix{{0.5}}, ShiftMode::kept, 5);
    const auto y = shiftedProductInIntegers(layer, Matrix{{-1.0 / 65536}});
    ASSERT_TRUE(y);
    EXPECT_EQ((*y)(0, 0), -1.0 / 65536); // -1 >> 1
}

TEST(ShiftedProduct, SumsThatCouldOverflowAreRefused)
{
    const ShiftLinear layer = made(Matrix::Ones(1, 3), ShiftMode::kept, 5);
    EXPECT_TRUE(shiftedProductInIntegers(layer, Matrix::Constant(1, 3, 10000)));
    EXPECT_FALSE(shiftedProductInIntegers(layer, Matrix::Constant(1, 3, 20000)));
}

TEST(ShiftLinear, RefusesWhatItIsNotFor)
{
    EXPECT_FALSE(shiftLinear(Matrix::Ones(2, 2), {}, ShiftMode::kept, 2));
    EXPECT_FALSE(shiftLinear(Matrix::Ones(2, 2), {}, ShiftMode::kept, 9));
    EXPECT_FALSE(shiftLinear(Matrix::Ones(2, 2), {1}, ShiftMode::kept, 5));
    EXPECT_FALSE(shiftLinear(Matrix{{NAN}}, {}, ShiftMode::kept, 5));
}

} // namespace
} // namespace vitrine::quant
