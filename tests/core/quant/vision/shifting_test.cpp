#include "core/quant/vision/shifting.h"

#include "core/quant/vision/channel_ranges.h"
#include "core/quant/vision/scale_search.h"
#include "tests/core/quant/vision/outlier_maps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

using kernels::After;
using kernels::ConvolutionShape;
using testing::ElementsAre;
using testing::HasSubstr;
using tests::outlierMap;

std::vector<double> centresOfMap(const std::vector<float>& map, std::size_t channels)
{
    ChannelRanges ranges(channels);
    ranges.add(map);
    return *centresOf(ranges.ranges());
}

std::vector<float> randomFilters(std::size_t count, std::uint64_t seed)
{
    Random random(seed);
    std::vector<float> values(count);
    for (float& x : values)
        x = static_cast<float>(random.normal());
    return values;
}

TEST(Shifting, WorkedExample)
{
    const std::vector<float> map{0.5f,  -0.2f, 8,  0.03f, 1,     0.4f,  -2, 0.01f,
                                 0.25f, 0.1f,  16, 0.02f, 0.75f, -0.1f, 4,  0.04f};

    const auto c = centresOfMap(map, 4);
    const auto bias =
        shiftedBias(std::vector{0.1, -0.2}, std::vector<double>{1, -2, 0.5, 4, 0.25, 1, -1, 8}, c);

    EXPECT_NEAR(c[0], 0.625, 1e-7);
    EXPECT_NEAR(c[1], 0.1, 1e-7);
    EXPECT_NEAR(c[2], 7, 1e-7);
    EXPECT_NEAR(c[3], 0.025, 1e-7);
    EXPECT_NEAR(bias[0], 4.125, 1e-6);
    EXPECT_NEAR(bias[1], -6.74375, 1e-6);
}

// Invariant 2.
TEST(Shifting, CentresEachChannel)
{
    auto map = outlierMap(500, 32, 1);
    subtractCentres(map, centresOfMap(map, 32));

    ChannelRanges shifted(32);
    shifted.add(map);
    for (const ValueRange& range : shifted.ranges())
        EXPECT_LT(std::abs(range.high + range.low), 1e-5 * (range.high - range.low));
}

TEST(Shifting, AChannelWithoutValuesIsNamed)
{
    EXPECT_THAT(centresOf(std::vector<ValueRange>{{0, 1}, {}}).error().message,
                HasSubstr("channel 1 has no values"));
    ValueRange broken;
    broken.include(std::nan(""));
    EXPECT_FALSE(centresOf(std::vector{broken}));
}

// Invariant 1, for kernels of one pixel and of more, strides, borders and groups.
TEST(Shifting, IsAnIdentityOfTheConvolution)
{
    const ConvolutionShape shapes[] = {
        {.inChannels = 8,
         .inHeight = 5,
         .inWidth = 6,
         .outChannels = 4,
         .outHeight = 5,
         .outWidth = 6},
        {.inChannels = 8,
         .inHeight = 5,
         .inWidth = 6,
         .outChannels = 4,
         .outHeight = 3,
         .outWidth = 3,
         .kernelHeight = 3,
         .kernelWidth = 3,
         .strideHeight = 2,
         .strideWidth = 2,
         .top = 1,
         .left = 1},
        {.inChannels = 8,
         .inHeight = 5,
         .inWidth = 6,
         .outChannels = 8,
         .outHeight = 5,
         .outWidth = 6,
         .kernelHeight = 5,
         .kernelWidth = 5,
         .top = 2,
         .left = 2,
         .groups = 8},
        {.inChannels = 8,
         .inHeight = 5,
         .inWidth = 6,
         .outChannels = 4,
         .outHeight = 4,
         .outWidth = 5,
         .kernelHeight = 2,
         .kernelWidth = 2,
         .groups = 2},
    };
    for (const ConvolutionShape& shape : shapes) {
        auto map = outlierMap(30, 8, 2);
        const auto filters = randomFilters(
            static_cast<std::size_t>(shape.outChannels * shape.inChannels / shape.groups *
                                     shape.kernelHeight * shape.kernelWidth),
            3);
        const auto bias = randomFilters(static_cast<std::size_t>(shape.outChannels), 4);
        const auto c = centresOfMap(map, 8);
        const auto size =
            static_cast<std::size_t>(shape.outHeight * shape.outWidth * shape.outChannels);
        std::vector<double> before(size), after(size);

        convolveSlowly(shape, filters.data(), bias.data(), After::nothing, map.data(),
                       before.data());
        subtractCentres(map, c);
        convolveSlowly(shape, filters.data(), nullptr, After::nothing, map.data(), after.data());
        const auto correction =
            shiftedBiasMap(shape, std::vector<double>(bias.begin(), bias.end()),
                           std::vector<double>(filters.begin(), filters.end()), c);

        ASSERT_EQ(correction.size(), size);
        for (std::size_t i = 0; i < size; ++i)
            ASSERT_NEAR(before[i], after[i] + correction[i], 1e-5 * (1 + std::abs(before[i])));
    }
}

// Invariant 4 and the integer form of PW2: codes with their zero points, a filter at a time.
TEST(Shifting, TheAccumulatorsBiasIsExactInWholeNumbers)
{
    constexpr std::size_t kInputs = 16, kOutputs = 6, kPixels = 40;
    auto map = outlierMap(kPixels, kInputs, 5);
    const auto weights = randomFilters(kOutputs * kInputs, 6);
    const auto grids = *searchedFilterGrids(weights, kOutputs, GridKind::affine, 8);
    std::vector<std::int32_t> codes; // without zero points
    std::vector<double> decoded;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const CodeGrid& grid = grids[i / kInputs];
        const auto code = grid.code(weights[i], Rounding::halfUp);
        codes.push_back(static_cast<std::int32_t>(code - grid.zero));
        decoded.push_back(grid.value(code));
    }
    const auto c = centresOfMap(map, kInputs);
    subtractCentres(map, c);
    const CodeGrid grid = *searchedGrid(map, GridKind::affine, 8);
    const auto bias = shiftedBias({}, decoded, c);
    const auto starts = *accumulatorBias(bias, codes, grids, grid);

    for (std::size_t pixel = 0; pixel < kPixels; ++pixel)
        for (std::size_t output = 0; output < kOutputs; ++output) {
            std::int64_t sum = starts[output];
            double expected = bias[output];
            for (std::size_t i = 0; i < kInputs; ++i) {
                const auto code = grid.code(map[pixel * kInputs + i], Rounding::halfUp);
                sum += code * codes[output * kInputs + i];
                expected += grid.value(code) * decoded[output * kInputs + i];
            }
            const double step = grid.scale * grids[output].scale;
            ASSERT_LE(std::abs(static_cast<double>(sum) - expected / step), 0.5 + 1e-9)
                << "only the bias is rounded";
        }
}

TEST(Shifting, ABiasBeyond32BitsIsRefused)
{
    EXPECT_THAT(accumulatorBias(std::vector{0.0, 5.0}, std::vector<std::int32_t>{1, 1},
                                std::vector<CodeGrid>{{.scale = 1e-5}, {.scale = 1e-5}},
                                {.scale = 1e-5})
                    .error()
                    .message,
                HasSubstr("output 1"));
    EXPECT_THAT(*accumulatorBias(std::vector{3.0}, std::vector<std::int32_t>{2, -7},
                                 std::vector<CodeGrid>{{.scale = 0.5}}, {.scale = 1, .zero = 10}),
                ElementsAre(6 + 50));
}

} // namespace
} // namespace vitrine::quant
