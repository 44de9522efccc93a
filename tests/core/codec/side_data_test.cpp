// Motion and quantizers as decoders tell them, on streams whose motion and quantizers are known.
#include "core/codec/playback.h"

#include "core/codec/encode.h"
#include "tests/core/codec/clip_source.h"
#include "tests/core/codec/playback_listener.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace vitrine::codec
{
namespace
{

using testing::HasSubstr;

constexpr int kWidth = 192, kHeight = 128, kFrames = 8;
constexpr int kPanX = 5, kPanY = -3; // samples a frame: where the content comes from

// A window that moves over one large smooth texture without period.
class PanSource : public video::FrameSource
{
public:
    PanSource()
    {
        info_.width = kWidth;
        info_.height = kHeight;
        info_.frames = kFrames;
        info_.framesPerSecond = 25;
    }
    const video::SourceInfo& info() const override { return info_; }
    Result<video::Frame> read(std::int64_t index) override
    {
        video::Frame frame(kWidth, kHeight, {});
        for (int plane = 0; plane < 3; ++plane)
            for (int y = 0; y < frame.height(plane); ++y)
                for (int x = 0; x < frame.width(plane); ++x)
                    frame.setSample(plane, x, y,
                                    plane > 0 ? 128
                                              : texture(x + kPanX * static_cast<int>(index),
                                                        y + kPanY * static_cast<int>(index)));
        return frame;
    }

private:
    // Noise at the corners of 6 x 6 cells, linear between them.
    static int texture(int x, int y)
    {
        constexpr int kCell = 6;
        const auto corner = [](int column, int row) {
            return static_cast<double>(Random(static_cast<std::uint64_t>(1000 + column) * 4096 +
                                              static_cast<std::uint64_t>(1000 + row))
                                           .below(200));
        };
        const double u = static_cast<double>(x) / kCell, v = static_cast<double>(y) / kCell;
        const int column = static_cast<int>(std::floor(u)), row = static_cast<int>(std::floor(v));
        const double fx = u - column, fy = v - row;
        const double upper = (1 - fx) * corner(column, row) + fx * corner(column + 1, row);
        const double lower = (1 - fx) * corner(column, row + 1) + fx * corner(column + 1, row + 1);
        return static_cast<int>(std::lround(25 + (1 - fy) * upper + fy * lower));
    }

    video::SourceInfo info_;
};

std::shared_ptr<const SideData> sideOf(const char* codec, std::int64_t index, bool asked = true)
{
    const tests::TemporaryFolder folder;
    PanSource source;
    const auto encoded =
        encode(source, 0, kFrames, parseEncodeList(codec).value().front(), folder.path / "a.mkv");
    EXPECT_TRUE(encoded) << (encoded ? "" : encoded.error().message);
    PlaybackOptions options;
    options.sideData = asked;
    const auto playback = Playback::open(folder.path / "a.mkv", options).value();
    playback->want(index, 0);
    return tests::await(*playback, index)->side;
}

// Share of the frame's area whose vectors are within half a sample of the pan.
double shareOfPan(const SideData& side)
{
    double area = 0;
    for (const MotionVector& vector : side.motion)
        if (std::abs(vector.dx - kPanX) < 0.5f && std::abs(vector.dy - kPanY) < 0.5f)
            area += vector.width * vector.height;
    return area / (kWidth * kHeight);
}

TEST(SideData, TellsTheMotionOfAPan)
{
    for (const char* codec : {"x264:qp=24:preset=ultrafast:gop=8", "mpeg4:q=4:gop=8"}) {
        const auto side = sideOf(codec, 5);
        ASSERT_TRUE(side);
        EXPECT_EQ(side->motionAbsent, "") << codec;
        EXPECT_GT(shareOfPan(*side), 0.8) << codec;
        for (const MotionVector& vector : side->motion) {
            EXPECT_FALSE(vector.isFuture) << codec;
            EXPECT_TRUE(vector.x > 0 && vector.x < kWidth && vector.y > 0 && vector.y < kHeight);
        }
    }
}

TEST(SideData, HasNoMotionInIntraFramesAndFutureOnesInBFrames)
{
    const auto intra = sideOf("x264:qp=24:gop=8", 0);
    EXPECT_TRUE(intra->motion.empty());
    EXPECT_EQ(intra->motionAbsent, "");

    bool future = false;
    for (std::int64_t i = 1; i < kFrames && !future; ++i) {
        const auto side = sideOf("x264:qp=24:gop=8:protocol=ra", i);
        future = std::ranges::any_of(side->motion, &MotionVector::isFuture);
    }
    EXPECT_TRUE(future);
}

TEST(SideData, TellsTheQuantizerOfEveryBlock)
{
    const auto side = sideOf("x264:qp=30:gop=8", 3);
    ASSERT_EQ(side->qp.size(), static_cast<std::size_t>(kWidth / 16 * kHeight / 16));
    int area = 0;
    for (const BlockQp& block : side->qp) {
        EXPECT_EQ(block.qp, 30);
        area += block.width * block.height;
    }
    EXPECT_EQ(area, kWidth * kHeight);

    const auto mpeg4 = sideOf("mpeg4:q=7:gop=8", 3);
    ASSERT_FALSE(mpeg4->qp.empty());
    for (const BlockQp& block : mpeg4->qp)
        ASSERT_EQ(block.qp, 7);
    EXPECT_FALSE(sideOf("vp9:crf=40:gop=8:preset=5", 3)->qp.empty());
}

TEST(SideData, SaysWhichDecodersTellNothing)
{
    const auto hevc = sideOf("x265:crf=30:gop=8:preset=ultrafast", 3);
    EXPECT_THAT(hevc->motionAbsent, HasSubstr("hevc tells no motion vectors"));
    EXPECT_THAT(hevc->qpAbsent, HasSubstr("hevc tells no quantizers"));
    const auto av1 = sideOf("av1:crf=40:gop=8:preset=12", 3);
    EXPECT_THAT(av1->motionAbsent, HasSubstr("av1"));
    EXPECT_THAT(av1->qpAbsent, HasSubstr("av1"));
    const auto vp9 = sideOf("vp9:crf=40:gop=8:preset=5", 3);
    EXPECT_THAT(vp9->motionAbsent, HasSubstr("vp9"));
    EXPECT_EQ(vp9->qpAbsent, "");

    EXPECT_FALSE(sideOf("x264:qp=30:gop=8", 3, false)); // nobody asked
}

} // namespace
} // namespace vitrine::codec
