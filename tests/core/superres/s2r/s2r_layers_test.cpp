// Layers against what they are defined by, written plainly.
#include "core/superres/s2r/s2r_layers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace vitrine::superres
{
namespace
{

std::vector<float> noise(std::int64_t count, unsigned seed, float spread = 0.3f)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, spread);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values)
        value = normal(random);
    return values;
}

PixelProduct someProduct(std::int64_t in, std::int64_t out, unsigned seed)
{
    return {in, out, noise(in * out, seed), noise(out, seed + 1)};
}

// The released code's shift: a 3x3 depthwise convolution with a single one among zeros, as a mask
// of 3x3 weights over all of the map.
std::vector<double> shiftConvolved(const MapSize& map, const PixelProduct& product,
                                   const std::vector<double>& x)
{
    static constexpr int kDown[] = {0, 0, 1, -1, 0}, kRight[] = {1, -1, 0, 0, 0};
    std::vector<double> y;
    for (std::int64_t row = 0; row < map.height; ++row)
        for (std::int64_t column = 0; column < map.width; ++column)
            for (std::int64_t out = 0; out < product.out; ++out) {
                double sum = product.bias[static_cast<std::size_t>(out)];
                for (std::int64_t in = 0; in < product.in; ++in) {
                    const auto group = std::min<std::int64_t>(4, in / (product.in / 5));
                    const std::int64_t r = row + kDown[group], c = column + kRight[group];
                    if (r >= 0 && r < map.height && c >= 0 && c < map.width)
                        sum += product.weights[static_cast<std::size_t>(in * product.out + out)] *
                               x[static_cast<std::size_t>((r * map.width + c) * product.in + in)];
                }
                y.push_back(sum);
            }
    return y;
}

TEST(S2rLayers, LocalFeaturesAreMaskedConvolutions)
{
    for (const MapSize map : {MapSize{4, 16}, {16, 4}, {70, 5}, {1, 1}}) {
        const S2rWeights::Local local{someProduct(30, 60, 1), someProduct(60, 30, 5)};
        const auto x = noise(map.pixels() * 30, 9, 1);
        std::vector<float> y(x.size());
        addLocalFeatures(map, local, x.data(), y.data());
        std::vector<double> hidden = shiftConvolved(map, local.first, {x.begin(), x.end()});
        for (double& value : hidden)
            value = std::max(value, 0.0);
        const auto features = shiftConvolved(map, local.second, hidden);
        for (std::size_t i = 0; i < x.size(); ++i)
            ASSERT_NEAR(y[i], x[i] + features[i], 3e-5) << map.height << " x " << map.width;
    }
}

TEST(S2rLayers, ABlockWhoseProductsAreZeroIsTheIdentity)
{
    const auto zero = [](std::int64_t in, std::int64_t out) {
        return PixelProduct{in, out, std::vector<float>(static_cast<std::size_t>(in * out)),
                            std::vector<float>(static_cast<std::size_t>(out))};
    };
    const MapSize map{16, 16};
    const auto x = noise(map.pixels() * 30, 2);
    std::vector<float> y(x.size()), qv(2 * x.size());
    addLocalFeatures(map, {zero(30, 60), zero(60, 30)}, x.data(), y.data());
    EXPECT_EQ(y, x);
    const WindowAttention attention{map, {4, 8, 16}, true, 30};
    attention.addFirst({zero(30, 60), zero(30, 30)}, y.data(), qv.data());
    attention.addSecond({zero(30, 30), zero(30, 30)}, qv.data(), y.data());
    EXPECT_EQ(y, x);
}

// Queries far from each other, each by itself: every pixel attends to itself alone, and attention
// is its two products.
TEST(S2rLayers, WithIdentityMapsTheSecondAttentionIsItsProducts)
{
    const MapSize map{4, 4};
    std::vector<float> qv(16 * 60, 0.0f), x = noise(16 * 30, 4);
    for (std::size_t pixel = 0; pixel < 16; ++pixel)
        for (std::size_t third = 0; third < 3; ++third)
            for (std::size_t i = 0; i < 10; ++i) // 16 corners of a cube of ten dimensions
                qv[pixel * 60 + third * 20 + i] = pixel >> (i % 4) & 1 ? 40.0f : -40.0f;
    const S2rWeights::Attention weights{someProduct(30, 30, 6), someProduct(30, 30, 7)};
    std::vector<float> plain = x, inner(x.size());
    multiplyPixels(weights.inward, x.data(), 16, inner.data());
    multiplyPixels(weights.outward, inner.data(), 16, plain.data(), Into::add);
    WindowAttention{map, {4, 4, 4}, false, 30}.addSecond(weights, qv.data(), x.data());
    for (std::size_t i = 0; i < x.size(); ++i)
        EXPECT_NEAR(x[i], plain[i], 1e-5);
}

TEST(S2rLayers, WithoutOffsetsAndWithOpenMasksDeformingIsConvolving)
{
    const MapSize map{9, 7};
    S2rWeights weights;
    weights.offsetsAndMasks = {15, 27, std::vector<float>(27 * 15 * 9), std::vector<float>(27)};
    for (std::size_t mask = 18; mask < 27; ++mask)
        weights.offsetsAndMasks.bias[mask] = 40; // sigmoid: 1
    const PixelConvolution plain{15, 15, noise(15 * 15 * 9, 3), noise(15, 4)};
    weights.deformable = {9 * 15, 15, std::vector<float>(9 * 15 * 15), plain.bias};
    for (std::size_t tap = 0; tap < 9; ++tap)
        for (std::size_t in = 0; in < 15; ++in)
            for (std::size_t out = 0; out < 15; ++out)
                weights.deformable.weights[(tap * 15 + in) * 15 + out] =
                    plain.weights[(out * 15 + in) * 9 + tap];
    std::vector<float> x = noise(map.pixels() * 15, 8, 1);
    const auto convolution = convolved(map, plain, x.data());
    ASSERT_TRUE(convolution);
    ASSERT_TRUE(deform(map, weights, x));
    for (std::size_t i = 0; i < x.size(); ++i)
        ASSERT_NEAR(x[i], (*convolution)[i], 2e-5);

    // A whole pixel down for every tap: the same convolution of the map moved up.
    x = noise(map.pixels() * 15, 8, 1);
    std::vector<float> moved(x.begin() + map.width * 15, x.end());
    moved.resize(x.size());
    for (std::size_t tap = 0; tap < 9; ++tap)
        weights.offsetsAndMasks.bias[2 * tap] = 1;
    const auto ofMoved = convolved(map, plain, moved.data());
    ASSERT_TRUE(ofMoved);
    ASSERT_TRUE(deform(map, weights, x));
    // Row 0 sees the map's row 0 through its upper taps, which moving has lost.
    for (std::size_t i = static_cast<std::size_t>(map.width) * 15; i < x.size(); ++i)
        ASSERT_NEAR(x[i], (*ofMoved)[i], 2e-5);
}

} // namespace
} // namespace vitrine::superres
