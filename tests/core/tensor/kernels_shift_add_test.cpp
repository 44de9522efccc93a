// Products that only add or only shift, against plain loops over int64; equal on every set of
// instructions.
#include "core/base/random.h"
#include "core/tensor/kernels/mat_add.h"
#include "core/tensor/kernels/mat_shift.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <functional>
#include <vector>

namespace vitrine::kernels
{
namespace
{

std::vector<float> randomBits(std::int64_t count, Random& random)
{
    std::vector<float> bits;
    for (std::int64_t i = 0; i < count; ++i)
        bits.push_back(random.uniform() < 0.5 ? 0.0f : 1.0f);
    return bits;
}

std::vector<std::int32_t> randomInts(std::int64_t count, std::int32_t most, Random& random)
{
    std::vector<std::int32_t> values;
    for (std::int64_t i = 0; i < count; ++i)
        values.push_back(static_cast<std::int32_t>((random.uniform() * 2 - 1) * most));
    return values;
}

// With every set of instructions that this processor has.
void withEveryInstructionSet(const std::function<void()>& body)
{
    for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1) {
        hwy::SetSupportedTargetsForTest(left);
        body();
    }
    hwy::SetSupportedTargetsForTest(0);
}

TEST(MatAdd, EqualsTheDenseProductWithZerosAndOnes)
{
    for (const std::int64_t n : {1, 3, 8, 16, 33, 64, 100})
        for (const std::int64_t columns : {1, 16, 63, 64, 65, 200}) {
            constexpr std::int64_t kRows = 5;
            Random random(static_cast<std::uint64_t>(n * 1000 + columns));
            const auto bits = randomBits(kRows * columns, random);
            const auto x = randomInts(columns * n, 1 << 20, random);
            const BitMatrix mask = packBits(bits.data(), kRows, columns, columns, 0.5f);

            withEveryInstructionSet([&] {
                std::vector<std::int32_t> y(static_cast<std::size_t>(kRows * n), 7);
                matAdd(mask, x.data(), n, n, y.data(), n);
                for (std::int64_t r = 0; r < kRows; ++r)
                    for (std::int64_t i = 0; i < n; ++i) {
                        std::int64_t sum = 0;
                        for (std::int64_t c = 0; c < columns; ++c)
                            sum += static_cast<std::int64_t>(
                                       bits[static_cast<std::size_t>(r * columns + c)]) *
                                   x[static_cast<std::size_t>(c * n + i)];
                        ASSERT_EQ(y[static_cast<std::size_t>(r * n + i)], sum);
                    }
            });
        }
}

TEST(MatAdd, SumsFloatsInTheOrderOfTheColumns)
{
    constexpr std::int64_t kRows = 70, kColumns = 130, kN = 20, kStride = 25;
    Random random(5);
    const auto bits = randomBits(kColumns * kRows, random); // [columns, rows], packed across
    std::vector<float> x;
    for (std::int64_t i = 0; i < kColumns * kStride; ++i)
        x.push_back(static_cast<float>(random.normal()));
    const BitMatrix mask = packBitsAcross(bits.data(), kColumns, kRows, kRows, 0.5f);

    withEveryInstructionSet([&] {
        std::vector<float> y(kRows * kN);
        matAdd(mask, x.data(), kN, kStride, y.data(), kN);
        for (std::int64_t r = 0; r < kRows; ++r)
            for (std::int64_t i = 0; i < kN; ++i) {
                float sum = 0;
                for (std::int64_t c = 0; c < kColumns; ++c)
                    if (bits[static_cast<std::size_t>(c * kRows + r)] > 0)
                        sum += x[static_cast<std::size_t>(c * kStride + i)];
                ASSERT_EQ(y[static_cast<std::size_t>(r * kN + i)], sum);
            }
    });
}

TEST(BitMatrix, IsOneAboveTheThresholdAndZeroBehindTheLastColumn)
{
    const std::vector<float> values{0.5f, 0.6f, -1.0f, NAN, 2.0f, 0.5f};

    const BitMatrix rows = packBits(values.data(), 2, 3, 3, 0.5f),
                    across = packBitsAcross(values.data(), 2, 3, 3, 0.5f);

    EXPECT_EQ(rows.bits, (std::vector<std::uint64_t>{0b010, 0b010}));
    EXPECT_EQ(across.bits, (std::vector<std::uint64_t>{0b00, 0b11, 0b00}));
    EXPECT_TRUE(rows.at(1, 1));
    EXPECT_FALSE(rows.at(1, 2));
}

TEST(CommonBits, AreTheDotProductOfTheCodes)
{
    constexpr std::int64_t kA = 3, kB = 4;
    for (const std::int64_t columns : {1, 16, 64, 65, 130}) {
        Random random(static_cast<std::uint64_t>(columns));
        const auto a = randomBits(kA * columns, random), b = randomBits(kB * columns, random);
        std::vector<std::int32_t> y(kA * kB);

        commonBits(packBits(a.data(), kA, columns, columns, 0.5f),
                   packBits(b.data(), kB, columns, columns, 0.5f), y.data());

        for (std::int64_t i = 0; i < kA; ++i)
            for (std::int64_t j = 0; j < kB; ++j) {
                double dot = 0;
                for (std::int64_t c = 0; c < columns; ++c)
                    dot += static_cast<double>(a[static_cast<std::size_t>(i * columns + c)] *
                                               b[static_cast<std::size_t>(j * columns + c)]);
                EXPECT_EQ(y[static_cast<std::size_t>(i * kB + j)], dot);
            }
    }
}

TEST(NearestShift, IsNearestAmongLogarithms)
{
    EXPECT_EQ(nearestShift(0.125f, -15), (SignedShift{-3, 1}));
    EXPECT_EQ(nearestShift(-0.125f, -15), (SignedShift{-3, -1}));
    EXPECT_EQ(nearestShift(0.75f, -15).value(), 1.0f); // log2 is -0.415
    EXPECT_EQ(nearestShift(0.7f, -15).value(), 0.5f);
    EXPECT_EQ(nearestShift(3.0f, -15).value(), 1.0f);
    EXPECT_EQ(nearestShift(-1e-9f, -15).value(), -std::ldexp(1.0f, -15));
    EXPECT_EQ(nearestShift(0.0f, -15).value(), 0.0f);
    Random random(3);
    for (int i = 0; i < 1000; ++i) {
        const double w = std::exp2(-14.9 * random.uniform());
        const double off =
            std::log2(static_cast<double>(nearestShift(static_cast<float>(w), -15).value()) / w);
        ASSERT_LE(std::abs(off), 0.5 + 1e-6);
    }
}

struct ShiftCase {
    std::int64_t rows, inputs, outputs;
    bool hasZeros;
};

class MatShift : public testing::TestWithParam<ShiftCase>
{
};

TEST_P(MatShift, EqualsShiftsAndSumsOfInt64)
{
    const auto [rows, inputs, outputs, hasZeros] = GetParam();
    Random random(static_cast<std::uint64_t>(rows + inputs + outputs));
    std::vector<std::int8_t> shift, sign;
    for (std::int64_t i = 0; i < inputs * outputs; ++i) {
        shift.push_back(static_cast<std::int8_t>(-std::floor(random.uniform() * 16)));
        const double s = random.uniform();
        sign.push_back(hasZeros && s < 0.2 ? 0 : s < 0.6 ? 1 : -1);
    }
    const auto x = randomInts(rows * inputs, 1 << 22, random);
    const ShiftMatrix weights(outputs, inputs, shift.data(), sign.data());

    withEveryInstructionSet([&] {
        std::vector<std::int32_t> y(static_cast<std::size_t>(rows * outputs));
        matShift(weights, x.data(), rows, y.data());
        for (std::int64_t r = 0; r < rows; ++r)
            for (std::int64_t o = 0; o < outputs; ++o) {
                std::int64_t sum = 0;
                for (std::int64_t k = 0; k < inputs; ++k) {
                    const auto at = static_cast<std::size_t>(o * inputs + k);
                    sum += sign[at] * (std::int64_t{x[static_cast<std::size_t>(r * inputs + k)]} >>
                                       -shift[at]);
                }
                ASSERT_EQ(y[static_cast<std::size_t>(r * outputs + o)], sum);
            }
    });
}

INSTANTIATE_TEST_SUITE_P(Sizes, MatShift,
                         testing::Values(ShiftCase{1, 1, 1, false}, ShiftCase{3, 7, 5, true},
                                         ShiftCase{4, 16, 32, false}, ShiftCase{37, 20, 33, true},
                                         ShiftCase{5, 64, 100, false}));

TEST(MatShiftOfOneWeight, RoundsDown)
{
    const std::int8_t shift = -1, sign = 1, minus = -1;
    const std::int32_t x = -1;
    std::int32_t y = 0;

    matShift(ShiftMatrix(1, 1, &shift, &sign), &x, 1, &y);
    EXPECT_EQ(y, -1);
    matShift(ShiftMatrix(1, 1, &shift, &minus), &x, 1, &y);
    EXPECT_EQ(y, 1);
}

TEST(FixedPoint, RoundsDownAndStaysInItsRange)
{
    const std::vector<float> x{1.0f, -1e-9f, 1.5f / 65536, 1e9f, -1e9f, NAN};
    std::vector<std::int32_t> fixed(x.size());

    toFixedPoint(x.data(), static_cast<std::int64_t>(x.size()), fixed.data());

    EXPECT_EQ(fixed, (std::vector<std::int32_t>{65536, -1, 1, 32767 * 65536, INT32_MIN, 0}));
    EXPECT_EQ(onFixedPoint(1.5f / 65536), 1.0f / 65536);
    EXPECT_EQ(onFixedPoint(-1e-9f), -1.0f / 65536);
}

} // namespace
} // namespace vitrine::kernels
