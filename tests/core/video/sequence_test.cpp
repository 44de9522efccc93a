#include "core/video/sequence.h"

#include "tests/core/codec/clip_source.h"

#include <gtest/gtest.h>

#include <set>

namespace vitrine::video
{
namespace
{

bool goOn(std::int64_t, std::int64_t)
{
    return true;
}

// The clip with noise, where some frames cannot be had.
class Damaged : public tests::ClipSource
{
public:
    Damaged(int frames, std::set<std::int64_t> lost)
        : ClipSource(64, 48, {}, frames), lost_(std::move(lost))
    {
    }
    Result<Frame> read(std::int64_t index) override
    {
        if (lost_.contains(index) || index == brokenFrame)
            return inputError("frame {} cannot be decoded", index);
        return tests::withNoise(ClipSource::read(index).value(), 2,
                                static_cast<std::uint64_t>(index));
    }
    bool isLost(std::int64_t index) const override { return lost_.contains(index); }

    std::int64_t brokenFrame = -1;

private:
    std::set<std::int64_t> lost_;
};

TEST(MeasureSequence, MeasuresPairByPairAndFindsTheFirstDifference)
{
    tests::ClipSource reference(64, 48, {}, 6);
    Damaged test(6, {});
    std::vector<std::int64_t> told;

    const auto result = measureSequence(reference, test, {firstPairs(4), {}},
                                        [&](std::int64_t done, std::int64_t total) {
                                            EXPECT_EQ(total, 4);
                                            told.push_back(done);
                                            return true;
                                        });

    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->frames.size(), 4u);
    EXPECT_EQ(result->pairs, firstPairs(4));
    EXPECT_EQ(told, (std::vector<std::int64_t>{0, 1, 2, 3}));
    EXPECT_EQ(result->difference->frame, 0);
    EXPECT_EQ(result->quality.frames(), 4);
    tests::ClipSource same(64, 48, {}, 6);
    EXPECT_FALSE(measureSequence(reference, same, {firstPairs(4), {}}, goOn)->difference);
}

TEST(MeasureSequence, LeavesLostFramesOutAndStopsAtBrokenOnes)
{
    tests::ClipSource reference(64, 48, {}, 4);
    Damaged test(4, {1});
    const auto result = measureSequence(reference, test, {firstPairs(4), {}}, goOn);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->pairs, (std::vector<FramePair>{{0, 0}, {2, 2}, {3, 3}}));

    test.brokenFrame = 2;
    EXPECT_EQ(measureSequence(reference, test, {firstPairs(4), {}}, goOn).error().message,
              "frame 2 cannot be decoded");
    Damaged all(2, {0, 1});
    EXPECT_FALSE(measureSequence(reference, all, {firstPairs(2), {}}, goOn));
}

TEST(MeasureSequence, NamesTheFrameOfAnotherSizeAndStopsWhenAsked)
{
    tests::ClipSource reference(64, 48, {}, 2), wide(96, 48, {}, 2);
    EXPECT_TRUE(measureSequence(reference, wide, {firstPairs(2), {}}, goOn)
                    .error()
                    .message.starts_with("frame 0: "));
    const auto stopped = measureSequence(reference, reference, {firstPairs(2), {}},
                                         [](std::int64_t done, std::int64_t) { return done < 1; });
    EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
}

TEST(HashFrames, ChangesWithSamplesFormatAndRate)
{
    tests::ClipSource clip(64, 48, {}, 4), deep(64, 48, {10, Chroma::k420}, 4);
    const std::string hash = hashFrames(clip, 3, goOn).value();
    EXPECT_EQ(hash.size(), 64u);
    EXPECT_EQ(hashFrames(clip, 3, goOn).value(), hash);
    EXPECT_NE(hashFrames(clip, 2, goOn).value(), hash);
    EXPECT_NE(hashFrames(deep, 3, goOn).value(), hash);
    Damaged noisy(4, {});
    EXPECT_NE(hashFrames(noisy, 3, goOn).value(), hash);
    EXPECT_FALSE(hashFrames(clip, 3, [](std::int64_t, std::int64_t) { return false; }));
}

} // namespace
} // namespace vitrine::video
