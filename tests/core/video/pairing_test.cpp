#include "core/video/pairing.h"

#include "tests/support/synthetic_clip.h"

#include <gtest/gtest.h>

namespace vitrine::video
{
namespace
{

std::vector<Signature> clip(int first, int frames, double noise = 0)
{
    std::vector<Signature> signatures;
    for (int i = first; i < first + frames; ++i)
        signatures.push_back(signatureOf(tests::withNoise(tests::movingFrame(96, 54, {}, i), noise,
                                                          static_cast<std::uint64_t>(i))));
    return signatures;
}

TEST(Pair, GivesZeroForEqualInput)
{
    const auto same = clip(0, 12);
    const Pairing pairing = pair(same, same);
    EXPECT_EQ(pairing.offset, 0);
    EXPECT_EQ(pairing.distance, 0);
    EXPECT_TRUE(pairing.isCertain);
}

TEST(Pair, FindsATestThatIsLateOrEarlyUnderNoise)
{
    EXPECT_EQ(pair(clip(1, 12), clip(0, 12, 8)).offset,
              -1); // late by one: it shows the frame before
    EXPECT_EQ(pair(clip(0, 12), clip(3, 12, 8)).offset, 3);
    EXPECT_EQ(pair(clip(0, 12), clip(0, 9, 8)).offset, 0);
    EXPECT_GT(pair(clip(0, 12), clip(3, 12)).distanceAtZero,
              pair(clip(0, 12), clip(3, 12)).distance);
}

TEST(Pair, StaysAtZeroAndUncertainOnAStill)
{
    const std::vector<Signature> still(10, signatureOf(tests::movingFrame(96, 54, {}, 0)));
    EXPECT_EQ(pair(still, still).offset, 0);
    EXPECT_FALSE(pair(still, still).isCertain);
}

TEST(Pair, HoldsWithEmptyAndSingleFrames)
{
    EXPECT_EQ(pair({}, {}).offset, 0);
    EXPECT_EQ(pair(clip(0, 1), clip(0, 1)).offset, 0);
    EXPECT_EQ(pair(clip(0, 5), {}).offset, 0);
}

} // namespace
} // namespace vitrine::video
