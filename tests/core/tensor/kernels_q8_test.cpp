#include "core/tensor/kernels/q8_0.h"

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/tensor/kernels/dense_weights.h"
#include "core/tensor/kernels/multiply.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace vitrine::kernels
{
namespace
{

std::vector<float> normalValues(std::int64_t count, std::uint64_t seed)
{
    Random random(seed);
    std::vector<float> values(static_cast<std::size_t>(count));
    std::ranges::generate(values, [&] { return static_cast<float>(random.normal()); });
    return values;
}

DenseWeights dense(const std::vector<float>& values, std::int64_t outputs)
{
    return {DType::f32, reinterpret_cast<const std::byte*>(values.data()), outputs,
            static_cast<std::int64_t>(values.size()) / outputs};
}

SharedWeights quantized(const std::vector<float>& values, std::int64_t outputs)
{
    auto weights = Q8Weights::quantize(dense(values, outputs));
    EXPECT_TRUE(weights) << weights.error().message;
    return *weights;
}

std::vector<float> widenedRows(const WeightMatrix& weights)
{
    std::vector<float> values(static_cast<std::size_t>(weights.outputs() * weights.inputs()));
    weights.widen(0, weights.outputs(), values.data());
    return values;
}

// Of the largest element of the product in double precision.
double errorOfProduct(const WeightMatrix& weights, const std::vector<float>& x)
{
    std::vector<double> expected(static_cast<std::size_t>(weights.outputs()));
    std::vector<float> y(expected.size());
    multiplySlowly(weights, x.data(), expected.data());
    const Product product{.weights = &weights, .y = y.data(), .stride = weights.outputs()};
    multiply(x.data(), 1, weights.inputs(), {&product, 1});
    double worst = 0, largest = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        worst = std::max(worst, std::abs(static_cast<double>(y[i]) - expected[i]));
        largest = std::max(largest, std::abs(expected[i]));
    }
    return worst / largest;
}

TEST(Q8Weights, ABlockIsItsLargestMagnitudeIn127PartsRoundedAwayFromZero)
{
    std::vector<float> values(32, 0.0f);
    values[0] = -254, values[1] = 3, values[2] = -3, values[3] = 0.9f, values[31] = 253;

    const auto weights = quantized(values, 1);
    const auto read = widenedRows(*weights);

    EXPECT_EQ(read[0], -254);
    EXPECT_EQ(read[1], 4) << "1.5 steps of 2";
    EXPECT_EQ(read[2], -4);
    EXPECT_EQ(read[3], 0);
    EXPECT_EQ(read[31], 254) << "126.5 steps";
    EXPECT_EQ(weights->rowBytes(), 34);
    EXPECT_EQ(weights->kind(), "Q8_0");
}

TEST(Q8Weights, StayWithinHalfAStepAndTheRoundingOfTheScale)
{
    const auto values = normalValues(7 * 96, 1);
    const auto read = widenedRows(*quantized(values, 7));
    for (std::size_t block = 0; block < values.size(); block += 32) {
        float largest = 0;
        for (std::size_t i = block; i < block + 32; ++i)
            largest = std::max(largest, std::abs(values[i]));
        for (std::size_t i = block; i < block + 32; ++i)
            EXPECT_NEAR(read[i], values[i], largest / 127 / 2 + largest / 2048) << i;
    }
}

TEST(Q8Weights, TheFastProductIsTheOneOfTheWidenedWeights)
{
    for (const std::int64_t inputs : {32, 64, 96, 160, 1024, 4096, 4128, 8224})
        for (const std::int64_t outputs : {1, 3, 130}) {
            const auto weights = quantized(normalValues(outputs * inputs, 2), outputs);
            EXPECT_LT(errorOfProduct(*weights, normalValues(inputs, 3)), 1e-5)
                << outputs << " x " << inputs;
        }
}

TEST(Q8Weights, ABlockOfZerosGivesZeroAndTinyScalesAreNotLost)
{
    std::vector<float> values(64, 0.0f);
    values[40] = 1e-3f; // its scale is a subnormal half
    const auto weights = quantized(values, 1);
    std::vector<double> y(1);
    const std::vector<float> x(64, 1.0f);

    multiplySlowly(*weights, x.data(), y.data());

    EXPECT_NEAR(y[0], 1e-3, 1e-3 / 127);
    EXPECT_LT(errorOfProduct(*weights, x), 1e-5);
}

TEST(Q8Weights, EveryThreadCountAndNumberOfRowsGivesTheSameProduct)
{
    const std::int64_t outputs = 300, inputs = 256, rows = 6;
    const auto weights = quantized(normalValues(outputs * inputs, 4), outputs);
    const auto x = normalValues(rows * inputs, 5);
    const auto product = [&](std::int64_t count, int threads) {
        std::vector<float> y(static_cast<std::size_t>(count * outputs));
        setThreadCount(threads);
        const Product one{.weights = weights.get(), .y = y.data(), .stride = outputs};
        multiply(x.data(), count, inputs, {&one, 1});
        setThreadCount(0);
        return y;
    };

    const auto many = product(rows, 2), few = product(2, 1);

    EXPECT_EQ(few, product(2, 5));
    EXPECT_EQ(many, product(rows, 1));
    for (std::size_t i = 0; i < few.size(); ++i)
        EXPECT_NEAR(few[i], many[i], 1e-4);
}

TEST(Q8Weights, RefuseWhatHasNoPlaceInTheLayout)
{
    const std::vector<float> odd(172, 1.0f);
    std::vector<float> undefined(64, 1.0f), huge(32, 1.0f);
    undefined[37] = std::numeric_limits<float>::quiet_NaN();
    huge[3] = 1e7f;

    const auto first = Q8Weights::quantize(dense(odd, 1));
    const auto second = Q8Weights::quantize(dense(undefined, 2));
    const auto third = Q8Weights::quantize(dense(huge, 1));

    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().message,
              "Q8_0 holds rows of whole blocks of 32 weights; these have 172");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().message, "the weight nan in row 1, column 5 has no place in Q8_0");
    EXPECT_FALSE(third);
}

} // namespace
} // namespace vitrine::kernels
