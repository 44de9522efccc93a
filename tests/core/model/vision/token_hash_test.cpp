#include "core/model/vision/token_hash.h"

#include "core/base/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::model
{
namespace
{

// Two anchors, along the axes; two bits: nearer to the first, nearer to the second.
TokenHash nearerAxis()
{
    return {.channels = 2,
            .anchors = 2,
            .bits = 2,
            .anchorRows = {1, 0, 0, 1},
            .means = {0.5f, 0.5f},
            .weights = {1, -1, -1, 1}};
}

TEST(TokenHash, TellsWhichAnchorIsNearer)
{
    const std::vector<double> tokens = {5, 1, 1, 5, 1, 1};
    EXPECT_EQ(hashedCodes(nearerAxis(), {tokens, 2}),
              (std::vector<std::uint8_t>{1, 0, 0, 1, 0, 0}));
}

// Squared distances of (1, 0) and (-1, 0) are 0, 2 and 4, 2: their mean is 2.
TEST(TokenHash, KernelHasTheMeanSquaredDistanceAsItsWidth)
{
    const std::vector<double> tokens = {7, 0, -2, 0};
    const auto kernel = hashKernel(nearerAxis(), {tokens, 2});
    const std::vector<double> expected = {1, std::exp(-0.5), std::exp(-1), std::exp(-0.5)};
    ASSERT_EQ(kernel.size(), 4u);
    for (std::size_t i = 0; i < 4; ++i)
        EXPECT_NEAR(kernel[i], expected[i], 1e-12);
}

TEST(TokenHash, ATokenOfZerosIsAsFarFromEveryAnchor)
{
    const std::vector<double> tokens = {0, 0, 3, 4};
    const auto kernel = hashKernel(nearerAxis(), {tokens, 2});
    EXPECT_EQ(kernel[0], kernel[1]);
    for (const double value : kernel)
        EXPECT_TRUE(value > 0 && value <= 1);
}

// Against the formula, one number after the other; codes where the sum is clear of 0.
TEST(TokenHash, ComputesTheFormula)
{
    Random random(3);
    const auto numbers = [&](std::int64_t count) {
        std::vector<float> values;
        for (std::int64_t i = 0; i < count; ++i)
            values.push_back(static_cast<float>(random.normal()));
        return values;
    };
    const std::int64_t channels = 6, anchors = 5, bits = 70, count = 9;
    const TokenHash hash{channels,
                         anchors,
                         bits,
                         numbers(anchors * channels),
                         numbers(anchors),
                         numbers(bits * anchors)};
    const auto drawn = numbers(count * channels);
    const std::vector<double> tokens(drawn.begin(), drawn.end());
    const auto at = [](const auto& values, std::int64_t place) {
        return static_cast<double>(values[static_cast<std::size_t>(place)]);
    };

    const auto kernel = hashKernel(hash, {tokens, channels});
    const auto codes = hashedCodes(hash, {tokens, channels});

    std::vector<double> distances;
    double sigma = 0;
    for (std::int64_t t = 0; t < count; ++t) {
        double length = 0;
        for (std::int64_t c = 0; c < channels; ++c)
            length += std::pow(at(tokens, t * channels + c), 2);
        for (std::int64_t j = 0; j < anchors; ++j) {
            double distance = 0;
            for (std::int64_t c = 0; c < channels; ++c)
                distance += std::pow(at(tokens, t * channels + c) / std::sqrt(length) -
                                         at(hash.anchorRows, j * channels + c),
                                     2);
            distances.push_back(distance);
            sigma += distance / static_cast<double>(count * anchors);
        }
    }
    for (std::int64_t t = 0; t < count; ++t)
        for (std::int64_t r = 0; r < bits; ++r) {
            double sum = 0;
            for (std::int64_t j = 0; j < anchors; ++j) {
                const double kappa = std::exp(-at(distances, t * anchors + j) / (2 * sigma));
                EXPECT_NEAR(at(kernel, t * anchors + j), kappa, 1e-12);
                sum += at(hash.weights, r * anchors + j) * (kappa - at(hash.means, j));
            }
            if (std::abs(sum) > 1e-9) {
                EXPECT_EQ(at(codes, t * bits + r), sum > 0 ? 1 : 0);
            }
        }
}

} // namespace
} // namespace vitrine::model
