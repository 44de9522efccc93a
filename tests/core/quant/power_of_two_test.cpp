#include "core/quant/power_of_two.h"

#include "core/base/random.h"
#include "core/tensor/safetensors.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

using kernels::PowerTerm;

TEST(PowerOfTwo, NearestIsMeantAmongLogarithms)
{
    EXPECT_EQ(nearestPower(0.0), PowerTerm());
    EXPECT_EQ(nearestPower(1.0), PowerTerm(false, 0));
    EXPECT_EQ(nearestPower(0.7072), PowerTerm(false, 0));
    EXPECT_EQ(nearestPower(0.7071), PowerTerm(false, -1));
    EXPECT_EQ(nearestPower(-3.0), PowerTerm(true, 2));
    EXPECT_EQ(nearestPower(-2.8), PowerTerm(true, 1));
}

TEST(PowerOfTwo, ExponentsEndWhereAByteEnds)
{
    EXPECT_EQ(nearestPower(std::ldexp(1.0, -63)), PowerTerm(false, -63));
    EXPECT_EQ(nearestPower(std::ldexp(0.7, -63)), PowerTerm());
    EXPECT_EQ(nearestPower(std::ldexp(1.0, -1074)), PowerTerm());
    EXPECT_EQ(nearestPower(std::ldexp(-1.9, 63)), PowerTerm(true, 63));
}

// The bounds of rounding to the nearest logarithm: each term leaves at most sqrt(2) - 1 of what it
// met (section 3 of the specification: 41.4, 10.8, 2.7 and 0.7 %).
TEST(PowerOfTwo, EachTermLeavesAShareOfAtMostRootTwoMinusOne)
{
    const double worst[] = {0.4143, 0.1083, 0.0274, 0.0074};
    Random random(1);
    for (int i = 0; i < 20'000; ++i) {
        const double x = std::exp2(40 * random.uniform() - 20);
        double rest = x;
        for (int terms = 1; terms <= kMostTerms; ++terms) {
            const PowerSum sum = additivePowers(x, terms);
            const double error = std::abs(x - static_cast<double>(sum.value));
            ASSERT_LE(error, worst[terms - 1] * x) << x << ", " << terms << " terms";
            ASSERT_LE(error, (std::sqrt(2.0) - 1) * rest + 1e-7 * x);
            rest = error;
        }
    }
}

TEST(PowerOfTwo, SumHasTheSignOfWhatItStandsFor)
{
    Random random(2);
    for (int i = 0; i < 2'000; ++i) {
        const double x = 4 * random.uniform() - 2;
        for (int terms = 1; terms <= kMostTerms; ++terms) {
            const PowerSum sum = additivePowers(x, terms), mirrored = additivePowers(-x, terms);
            EXPECT_EQ(mirrored.value, -sum.value);
            float value = 0;
            for (int t = 0; t < kMostTerms; ++t) {
                const PowerTerm term = sum.terms[static_cast<std::size_t>(t)];
                EXPECT_TRUE(term.isValid());
                EXPECT_TRUE(t < terms || term.isZero());
                value += term.value();
            }
            EXPECT_EQ(value, sum.value);
        }
    }
}

TEST(PowerOfTwo, PowersStandForThemselves)
{
    for (int exponent = -63; exponent <= 63; ++exponent)
        for (int terms = 1; terms <= kMostTerms; ++terms) {
            const PowerSum sum = additivePowers(std::ldexp(1.0, exponent), terms);
            EXPECT_EQ(sum.value, std::ldexp(1.0f, exponent));
            EXPECT_TRUE(sum.terms[1].isZero());
        }
}

// So descending scales stay in order.
TEST(PowerOfTwo, LargerNumbersHaveNoSmallerSums)
{
    for (int terms = 1; terms <= kMostTerms; ++terms) {
        float before = 0;
        for (int i = 0; i <= 40'000; ++i) {
            const float value = additivePowers(1 + i / 20'000.0, terms).value;
            ASSERT_GE(value, before) << i << ", " << terms << " terms";
            before = value;
        }
    }
}

TEST(PowerOfTwo, SumsAreThoseOfTheReleasedCode)
{
    const auto path = tests::goldenData("methods/shiftaddllm/bcq_32x64.safetensors");
    if (!path)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN is set";
    const auto file = Safetensors::open(*path);
    ASSERT_TRUE(file);
    const auto values = [&](const std::string& name) { return toFloat(*file->tensor(name)); };
    const std::vector<float> in = values("pot.in");
    ASSERT_EQ(in.size(), 64u);
    for (int terms = 1; terms <= 3; ++terms) {
        const std::vector<float> golden = values("pot.apot" + std::to_string(terms));
        for (std::size_t i = 0; i < in.size(); ++i)
            EXPECT_EQ(additivePowers(static_cast<double>(in[i]), terms).value, golden[i])
                << in[i] << ", " << terms << " terms";
    }
}

} // namespace
} // namespace vitrine::quant
