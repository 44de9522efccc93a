#include "core/quant/vision/range_observer.h"

#include "core/base/random.h"
#include "core/quant/vision/grid_losses.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace vitrine::quant
{
namespace
{

RangeObserver observed(const ObserverSettings& settings,
                       const std::vector<std::vector<float>>& batches)
{
    RangeObserver observer(settings);
    for (const auto& batch : batches) {
        observer.add(std::span<const float>(batch));
        observer.endBatch();
    }
    return observer;
}

TEST(RangeObserver, MinMaxIsTheRangeOfAll)
{
    EXPECT_EQ(*observed({}, {{1, -3}, {2, 0}, {-1, 5}}).range(), (Range{-3, 5}));
    EXPECT_EQ(*RangeObserver().range(), Range{});
    EXPECT_EQ(*observed({}, {{4, 5}}).range(), (Range{4, 5})) << "0 need not be within";
}

TEST(RangeObserver, EmaMovesALittleTowardsEachBatch)
{
    const auto observer = observed({.kind = Observer::ema}, {{-1, 2}, {-3, 12}});
    EXPECT_NEAR(observer.range()->low, -1.02, 1e-12);
    EXPECT_NEAR(observer.range()->high, 2.1, 1e-12);
    RangeObserver open({.kind = Observer::ema});
    for (const std::vector<float>& picture : {std::vector<float>{-1, 2}, {-3, 12}})
        open.add(std::span<const float>(picture));
    EXPECT_EQ(*open.range(), (Range{-3, 12})) << "pictures of one batch";
}

// As torch.quantile: between two neighbours in proportion.
double percentileOf(std::vector<float> values, double percentile)
{
    std::ranges::sort(values);
    const double place = percentile * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const double low = values[below], high = values[std::min(below + 1, values.size() - 1)];
    return low + (place - static_cast<double>(below)) * (high - low);
}

TEST(RangeObserver, ThePercentileIsExactAlthoughFewValuesAreKept)
{
    Random random(1);
    std::vector<float> values(20000);
    for (float& value : values)
        value = static_cast<float>(std::exp(random.normal()));
    for (const double percentile : {1.0, 0.99999, 0.999, 0.9985}) {
        RangeObserver observer(
            {.kind = Observer::percentile, .percentile = percentile, .kept = 32});
        for (std::size_t first = 0; first < values.size(); first += 1000)
            observer.add(std::span<const float>(values).subspan(first, 1000));
        EXPECT_NEAR(observer.range()->high, percentileOf(values, percentile), 1e-6);
        EXPECT_NEAR(observer.range()->low, percentileOf(values, 1 - percentile), 1e-6);
    }
    EXPECT_EQ(*observed({.kind = Observer::percentile}, {{7}}).range(), (Range{7, 7}));
}

TEST(RangeObserver, ThePercentileOfMoreValuesThanCanBeJudgedIsRefused)
{
    const ObserverSettings settings{.kind = Observer::percentile, .percentile = 0.9, .kept = 4};
    const auto observer = observed(settings, {std::vector<float>(100, 1.0f), {1, 2}});
    ASSERT_FALSE(observer.range());
    EXPECT_EQ(observer.range().error().message,
              "the percentile 0.9 of 100 values needs the 11 largest, 4 were kept");
}

TEST(RangeObserver, OmseShrinksTheRangeUntilItLosesLeast)
{
    std::vector<float> values;
    for (int i = -100; i <= 100; ++i)
        values.push_back(static_cast<float>(i) / 100);
    values.push_back(2); // far from all others
    const auto grids = shrunkGrids(*observed({.kind = Observer::omse}, {values}).range(), 4, true);
    ASSERT_EQ(grids.size(), 90u);
    EXPECT_NEAR(grids[0].scale, 3.0 / 15, 1e-12);
    EXPECT_NEAR(grids[89].scale, 3.0 / 15 * 0.11, 1e-12);

    GridLosses losses(grids);
    losses.add(std::span<const float>(values));
    const std::size_t best = firstSmallest(losses.means());
    EXPECT_GT(best, 0u);
    EXPECT_LT(losses.means()[best], losses.means()[0]);
    EXPECT_LT(losses.means()[best], losses.means()[89]);
}

} // namespace
} // namespace vitrine::quant
