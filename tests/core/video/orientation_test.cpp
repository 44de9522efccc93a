#include "core/video/orientation.h"

#include "tests/support/synthetic_clip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::video
{
namespace
{

// Luma as digits, row by row: "123/456".
std::string lumaOf(const Frame& frame)
{
    std::string text;
    for (int y = 0; y < frame.height(); ++y) {
        text += y > 0 ? "/" : "";
        for (int x = 0; x < frame.width(); ++x)
            text += std::to_string(frame.sample(0, x, y));
    }
    return text;
}

Frame digits(SampleFormat format = {8, Chroma::k400})
{
    Frame frame(3, 2, format);
    for (int i = 0; i < 6; ++i)
        frame.setSample(0, i % 3, i / 3, i + 1);
    return frame;
}

struct Turn {
    double a, b, c, d;
    const char* luma;
    const char* text;
};

// x' = a x + c y, y' = b x + d y, with y downwards.
TEST(Orientation, TurnsAndMirrorsAsTheMatrixSays)
{
    const Turn turns[] = {
        {1, 0, 0, 1, "123/456", "upright"},
        {0, 1, -1, 0, "41/52/63", "turned by 90 degrees clockwise"},
        {-1, 0, 0, -1, "654/321", "turned by 180 degrees"},
        {0, -1, 1, 0, "36/25/14", "turned by 90 degrees counterclockwise"},
        {-1, 0, 0, 1, "321/654", "mirrored left to right"},
        {1, 0, 0, -1, "456/123", "mirrored top to bottom"},
        {0, 1, 1, 0, "14/25/36", "mirrored at its falling diagonal"},
        {0, -1, -1, 0, "63/52/41", "mirrored at its rising diagonal"},
    };
    for (const Turn& turn : turns)
        for (const int bits : {8, 10})
            for (const double scale : {1.0, 65536.0}) {
                const auto orientation =
                    orientationOf(turn.a * scale, turn.b * scale, turn.c * scale, turn.d * scale);
                ASSERT_TRUE(orientation) << turn.text;
                EXPECT_EQ(lumaOf(oriented(digits({bits, Chroma::k400}), *orientation).value()),
                          turn.luma);
                EXPECT_EQ(orientationText(*orientation), turn.text);
            }
}

TEST(Orientation, IsNothingForOtherAngles)
{
    EXPECT_FALSE(orientationOf(0.7, 0.7, -0.7, 0.7));
    EXPECT_FALSE(orientationOf(0, 0, 0, 0));
    EXPECT_FALSE(orientationOf(1, 0, 0, 0));
    EXPECT_FALSE(orientationOf(INFINITY, 0, 0, 1));
}

TEST(Orientation, QuarterTurnsMoveChromaWithItsSampling)
{
    const Orientation quarter = orientationOf(0, 1, -1, 0).value();
    EXPECT_EQ(oriented(digits({8, Chroma::k420}), quarter)->format().chroma, Chroma::k420);
    EXPECT_EQ(oriented(digits({8, Chroma::k422}), quarter)->format().chroma, Chroma::k440);
    EXPECT_EQ(oriented(digits({8, Chroma::k440}), quarter)->format().chroma, Chroma::k422);
    EXPECT_THAT(oriented(digits({8, Chroma::k411}), quarter).error().message,
                testing::HasSubstr("4:1:1"));
    // Four quarters are none.
    const Frame frame = tests::movingFrame(31, 22, {10, Chroma::k422}, 1);
    Frame turned = frame;
    for (int i = 0; i < 4; ++i)
        turned = oriented(turned, quarter).value();
    EXPECT_TRUE(turned.sameSamples(frame));
}

} // namespace
} // namespace vitrine::video
