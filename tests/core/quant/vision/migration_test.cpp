#include "core/quant/vision/migration.h"

#include "core/quant/vision/channel_ranges.h"
#include "core/quant/vision/scale_search.h"
#include "core/quant/vision/upper_quantile.h"
#include "core/tensor/kernels/convolution.h"
#include "tests/core/quant/vision/outlier_maps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using tests::outlierMap;
using tests::signalToNoise;

std::vector<ValueRange> rangesUpTo(const std::vector<double>& maxima)
{
    std::vector<ValueRange> ranges;
    for (const double maximum : maxima) {
        ranges.emplace_back();
        ranges.back().include(maximum - 1);
        ranges.back().include(maximum);
    }
    return ranges;
}

Migration migrationOfMap(const std::vector<float>& map, std::size_t channels,
                         const MigrationOptions& options = {})
{
    UpperQuantile quantile(options.quantile, static_cast<std::int64_t>(map.size()));
    quantile.add(map);
    ChannelRanges ranges(channels);
    ranges.add(map);
    return *migrationOf(ranges.ranges(), quantile.value(), options);
}

// Four pixels of four channels, worked by hand.
const std::vector<float> kWorkedMap{0.5f,  -0.2f, 8,  0.03f, 1,     0.4f,  -2, 0.01f,
                                    0.25f, 0.1f,  16, 0.02f, 0.75f, -0.1f, 4,  0.04f};

TEST(Migration, WorkedExample)
{
    const Migration migration = migrationOfMap(kWorkedMap, 4);

    EXPECT_NEAR(migration.threshold, 14.8, 1e-12) << "the quantile is above the mean, 4.36";
    ASSERT_EQ(migration.factors.size(), 4u);
    EXPECT_EQ(migration.factors[0], 0.1);
    EXPECT_EQ(migration.factors[1], 0.1);
    EXPECT_NEAR(migration.factors[2], 1.081081, 5e-7);
    EXPECT_EQ(migration.factors[3], 0.1) << "small channels are blown up by 10, not more";
}

TEST(Migration, MaximaAreSigned)
{
    // The first channel is never above 0, however far below it lies.
    EXPECT_THAT(migrationOf(rangesUpTo({-50, 0, 2}), 1)->factors, ElementsAre(0.1, 0.1, 2));
}

TEST(Migration, FactorsStayWithinTheirLimits)
{
    std::vector<double> maxima(200, 0.001);
    maxima[0] = 1000; // of a mean of 5: 200 times
    const Migration migration = *migrationOf(rangesUpTo(maxima), 0.001);

    EXPECT_EQ(migration.factors[0], 64);
    EXPECT_EQ(migration.factors[1], 0.1);
}

TEST(Migration, PowersOfTwoAreExactAndFrom1To32)
{
    std::vector<double> maxima;
    for (double m = 0.01; m < 200; m *= 1.1)
        maxima.push_back(m);
    const Migration plain = *migrationOf(rangesUpTo(maxima), 1);
    const Migration powers = *migrationOf(rangesUpTo(maxima), 1, {.powersOfTwo = true});

    for (std::size_t i = 0; i < maxima.size(); ++i) {
        const double r = powers.factors[i];
        ASSERT_TRUE(r == 1 || r == 2 || r == 4 || r == 8 || r == 16 || r == 32) << r;
        const bool atAnEnd = r == 1 || r == 32;
        ASSERT_TRUE(atAnEnd || std::abs(std::log2(plain.factors[i] / r)) <= 0.5);
    }
}

TEST(Migration, RefusesMapsThatAreNeverAboveZero)
{
    EXPECT_THAT(migrationOf(rangesUpTo({-1, 0}), 0).error().message, HasSubstr("threshold is 0"));
    EXPECT_THAT(migrationOf(rangesUpTo({1, INFINITY}), 0).error().message,
                HasSubstr("channel 1 has NaN or infinity"));
    EXPECT_THAT(migrationOf(std::vector<ValueRange>(3), 1).error().message,
                HasSubstr("channel 0 has no values"));
}

// Invariant 1: without quantization nothing changes but the last digits.
TEST(Migration, IsAnIdentityOfTheConvolution)
{
    constexpr std::int64_t kChannels = 32;
    const kernels::ConvolutionShape shape{.inChannels = kChannels,
                                          .inHeight = 8,
                                          .inWidth = 8,
                                          .outChannels = kChannels,
                                          .outHeight = 8,
                                          .outWidth = 8,
                                          .kernelHeight = 3,
                                          .kernelWidth = 3,
                                          .top = 1,
                                          .left = 1,
                                          .groups = kChannels};
    auto map = outlierMap(64, kChannels, 3);
    auto filters = outlierMap(9, kChannels, 4);
    const Migration migration = migrationOfMap(map, kChannels);
    std::vector<double> before(map.size()), after(map.size());

    convolveSlowly(shape, filters.data(), nullptr, kernels::After::nothing, map.data(),
                   before.data());
    divideChannels(map, migration.factors);
    multiplyFilters(filters, migration.factors);
    convolveSlowly(shape, filters.data(), nullptr, kernels::After::nothing, map.data(),
                   after.data());

    const double largest =
        std::abs(*std::ranges::max_element(before, {}, [](double x) { return std::abs(x); }));
    for (std::size_t i = 0; i < before.size(); ++i)
        ASSERT_NEAR(before[i], after[i], 1e-6 * largest);
}

// Invariant 8, over the whole map and in the mean of its channels.
TEST(Migration, RaisesTheSignalToNoiseOfDepthwiseInputs)
{
    constexpr std::size_t kChannels = 64, kPixels = 400;
    for (const std::uint64_t seed : {5u, 6u, 7u}) {
        const auto map = outlierMap(kPixels, kChannels, seed);
        for (const bool powersOfTwo : {false, true}) {
            const Migration migration =
                migrationOfMap(map, kChannels, {.powersOfTwo = powersOfTwo});
            auto migrated = map;
            divideChannels(migrated, migration.factors);
            const CodeGrid plainGrid = *searchedGrid(map, GridKind::affine, 8);
            const CodeGrid migratedGrid = *searchedGrid(migrated, GridKind::affine, 8);

            std::vector<double> plain, with;
            for (std::size_t i = 0; i < map.size(); ++i) {
                plain.push_back(plainGrid.nearest(map[i], Rounding::halfUp));
                with.push_back(migratedGrid.nearest(migrated[i], Rounding::halfUp) *
                               migration.factors[i % kChannels]);
            }
            double gain = 0; // mean over channels, dB
            for (std::size_t channel = 0; channel < kChannels; ++channel) {
                std::vector<float> x;
                std::vector<double> a, b;
                for (std::size_t i = channel; i < map.size(); i += kChannels) {
                    x.push_back(map[i]);
                    a.push_back(plain[i]);
                    b.push_back(with[i]);
                }
                gain += (signalToNoise(x, b) - signalToNoise(x, a)) / kChannels;
            }
            EXPECT_GE(signalToNoise(map, with), signalToNoise(map, plain) + (powersOfTwo ? 3 : 8));
            EXPECT_GT(gain, powersOfTwo ? 3 : 15);
        }
    }
}

// Invariant 11: each filter's own scale takes the factor in.
TEST(Migration, CostsNoPrecisionOfTheWeights)
{
    constexpr std::size_t kChannels = 32;
    const auto weights = outlierMap(9, kChannels, 8); // [channels, 9] as well
    auto scaled = weights;
    const Migration migration = migrationOfMap(outlierMap(100, kChannels, 9), kChannels);
    multiplyFilters(scaled, migration.factors);

    const auto before = *searchedFilterGrids(weights, kChannels, GridKind::affine, 8);
    const auto after = *searchedFilterGrids(scaled, kChannels, GridKind::affine, 8);

    const auto error = [](const std::vector<float>& all, std::size_t filter, const CodeGrid& grid) {
        double sum = 0;
        for (std::size_t i = filter * 9; i < filter * 9 + 9; ++i)
            sum += std::pow(all[i] - grid.nearest(all[i], Rounding::halfUp), 2);
        return std::sqrt(sum) / grid.scale;
    };
    for (std::size_t filter = 0; filter < kChannels; ++filter) {
        EXPECT_NEAR(after[filter].scale / before[filter].scale, migration.factors[filter],
                    1e-5 * migration.factors[filter]);
        EXPECT_EQ(after[filter].zero, before[filter].zero);
        EXPECT_NEAR(error(scaled, filter, after[filter]), error(weights, filter, before[filter]),
                    1e-4);
    }
}

} // namespace
} // namespace vitrine::quant
