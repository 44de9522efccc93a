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

SourceInfo infoOf(std::int64_t frames, std::vector<std::int64_t> places = {})
{
    SourceInfo info;
    info.frames = frames;
    info.places = std::move(places);
    return info;
}

TEST(PairsOf, WithoutHolesTimeAndOrderAreTheSame)
{
    for (const std::int64_t offset : {-2, 0, 3})
        EXPECT_EQ(pairsOf(infoOf(6), infoOf(5), offset, PairBy::time),
                  pairsOf(infoOf(6), infoOf(5), offset, PairBy::order));
    EXPECT_EQ(pairsOf(infoOf(4), infoOf(4), 2, PairBy::time),
              (std::vector<FramePair>{{2, 0}, {3, 1}}));
    EXPECT_EQ(pairsOf(infoOf(4), infoOf(4), -2, PairBy::time),
              (std::vector<FramePair>{{0, 2}, {1, 3}}));
    EXPECT_TRUE(pairsOf(infoOf(4), infoOf(4), 4, PairBy::time).empty());
    EXPECT_TRUE(pairsOf(infoOf(0), infoOf(4), 0, PairBy::time).empty());
}

TEST(PairsOf, ByTimeAHoleHasNoPartner)
{
    const SourceInfo holed = infoOf(4, {0, 1, 3, 5});
    EXPECT_EQ(pairsOf(infoOf(6), holed, 0, PairBy::time),
              (std::vector<FramePair>{{0, 0}, {1, 1}, {3, 2}, {5, 3}}));
    EXPECT_EQ(pairsOf(holed, infoOf(6), 0, PairBy::time),
              (std::vector<FramePair>{{0, 0}, {1, 1}, {2, 3}, {3, 5}}));
    EXPECT_EQ(pairsOf(infoOf(6), holed, 1, PairBy::time),
              (std::vector<FramePair>{{1, 0}, {2, 1}, {4, 2}}));
    EXPECT_EQ(pairsOf(infoOf(6), holed, 0, PairBy::order),
              (std::vector<FramePair>{{0, 0}, {1, 1}, {2, 2}, {3, 3}}));
    EXPECT_EQ(pairsOf(holed, infoOf(3, {0, 2, 3}), 0, PairBy::time),
              (std::vector<FramePair>{{0, 0}, {2, 2}}));
}

TEST(Pair, PassesHolesOver)
{
    auto holed = clip(3, 12);
    holed[4].clear();
    holed[5].clear();
    EXPECT_EQ(pair(clip(0, 15), holed).offset, 3);
    EXPECT_EQ(pair(clip(3, 12), holed).offset, 0);
    EXPECT_EQ(pair(clip(3, 12), holed).distance, 0);
}

TEST(HolesText, NamesHolesAndBoundsThem)
{
    EXPECT_EQ(holesText(infoOf(3)), "");
    EXPECT_EQ(holesText(infoOf(4, {0, 3, 5, 6})), "1 to 2, 4");
    std::vector<std::int64_t> many;
    for (int i = 0; i < 12; ++i)
        many.push_back(2 * i);
    EXPECT_EQ(holesText(infoOf(12, many)), "1, 3, 5, 7, 9, 11, 13, 15 and 3 more");
    EXPECT_EQ(placesTaken(infoOf(4, {0, 3, 5, 6}), 2), 4);
    EXPECT_EQ(placesTaken(infoOf(4), 2), 2);
}

} // namespace
} // namespace vitrine::video
