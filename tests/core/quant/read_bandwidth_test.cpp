#include "core/quant/read_bandwidth.h"

#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

TEST(ReadBandwidth, IsWhatSomeMachineCouldReach)
{
    const auto bandwidth = measureReadBandwidth(16u << 20);
    ASSERT_TRUE(bandwidth) << bandwidth.error().message;
    EXPECT_GT(*bandwidth, 1e7);
    EXPECT_LT(*bandwidth, 1e14);
    EXPECT_GE(bandwidthBuffer(), 256u << 20);
}

TEST(ReadBandwidth, OfNothingIsRefused)
{
    const auto bandwidth = measureReadBandwidth(7);
    ASSERT_FALSE(bandwidth);
    EXPECT_EQ(bandwidth.error().kind, ErrorKind::argument);
}

} // namespace
} // namespace vitrine::quant
