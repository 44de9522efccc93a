// Counts of the paper's method. Its cycles (self-checks 14, 16 and 17) are the simulator's:
// tests/core/sim/machine/vitality_test.cpp, TheCycleTable, BandwidthNeverHurts and
// AStationaryContextSavesItsTrafficOnly.
#include "core/quant/vision/taylor_cost.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

TEST(TaylorCost, CountsOfDeitTiny) // (13)
{
    const AttentionCounts exact = softmaxCounts(197, 64), taylor = taylorCounts(197, 64);

    EXPECT_EQ(exact.macs, 4967552);
    EXPECT_EQ(taylor.macs, 1626432);
    EXPECT_NEAR(taylorSaving(197, 64), 3.054, 5e-4);
    EXPECT_EQ(36 * exact.macs, 178831872);
    EXPECT_EQ(36 * taylor.macs, 58551552);
    EXPECT_EQ(36 * taylor.additions, 5 * 453888 + 7092);
    EXPECT_EQ(36 * taylor.divisions, 2304 + 453888);
    EXPECT_EQ(taylor.exponentials, 0);
    EXPECT_EQ(36 * exact.exponentials, 1397124);
    EXPECT_EQ(36 * exact.divisions, 1397124);
    EXPECT_EQ(exact.betweenNumbers, 197 * 197);
    EXPECT_EQ(taylor.betweenNumbers, 64 * 64);
}

TEST(TaylorCost, AsManyTokensAsChannelsCostAlmostTheSame) // (15)
{
    for (const std::int64_t d : {1, 16, 64, 197})
        EXPECT_DOUBLE_EQ(taylorSaving(d, d),
                         2 * static_cast<double>(d) / (2 * static_cast<double>(d) + 1));
}

TEST(TaylorCost, SaysWhereItCostsMoreThanSoftmax)
{
    EXPECT_EQ(taylorWarning(197, 64), "");
    EXPECT_EQ(taylorWarning(50, 16), "");
    EXPECT_EQ(taylorWarning(49, 64),
              "With 49 tokens and heads of 64 channels Taylor attention costs more than softmax: "
              "1.32 times the MACs, 1.33 times the divisions, 1.71 times the numbers between its "
              "products. It pays where there are more tokens than channels.");
    EXPECT_THAT(taylorWarning(16, 16), testing::HasSubstr("1.03 times the MACs"));
}

} // namespace
} // namespace vitrine::quant
