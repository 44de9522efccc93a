#include "core/video/raw_name.h"

#include "core/video/rate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::video
{
namespace
{

struct NamedCase {
    const char* name;
    int width, height;
    const char* format;
    double rate;
};

TEST(GuessRawLayout, ReadsWhatNamesOfTestSequencesSay)
{
    const NamedCase cases[] = {
        {"foreman_cif.yuv", 352, 288, "yuv420p", 0},
        {"akiyo_qcif.yuv", 176, 144, "yuv420p", 0},
        {"foreman352x288.yuv", 352, 288, "yuv420p", 0},
        {"BasketballDrive_1920x1080_50.yuv", 1920, 1080, "yuv420p", 50},
        {"Beauty_1920x1080_120fps_420_8bit_YUV.yuv", 1920, 1080, "yuv420p", 120},
        {"Bosphorus_3840x2160_120fps_420_10bit_YUV.yuv", 3840, 2160, "yuv420p10le", 120},
        {"Kimono1_1920x1080_24_10bit_422.yuv", 1920, 1080, "yuv422p10le", 24},
        {"clip_61x47_yuv444p12be.yuv", 61, 47, "yuv444p12be", 0},
        {"x_640x360_nv12_25fps.yuv", 640, 360, "nv12", 25},
        {"x_640x360_p010le.yuv", 640, 360, "p010le", 0},
        {"x_640x360_gray.raw", 640, 360, "gray", 0},
        {"CiscoVT2people_320x192_12fps.yuv", 320, 192, "yuv420p", 12},
        {"ducks_720p_50fps.yuv", 1280, 720, "yuv420p", 50},
        {"ducks_1080p50.yuv", 1920, 1080, "yuv420p", 50},
        {"CLIP_176X144_NV12.YUV", 176, 144, "nv12", 0},
        {"depth_176x144_YUV400p16le.yuv", 176, 144, "gray16le", 0},
        {"a_64x48_yuv422.yuv", 64, 48, "yuv422p", 0},
        {"a_64x48_420p10.yuv", 64, 48, "yuv420p10le", 0},
        {"a_64x48_i210.yuv", 64, 48, "yuv422p10le", 0},
        {"a_64x48_p410le.yuv", 64, 48, "p410le", 0},
        {"a_64x48_10bit_yuv420p.yuv", 64, 48, "yuv420p10le", 0},
        {"a_64x48_nv12_10bit.yuv", 64, 48, "p010le", 0},
        {"a_64x48.nv21", 64, 48, "nv21", 0},
        {"Kimono_176x144_24_10.yuv", 176, 144, "yuv420p10le", 24},
        {"Kimono_176x144_10.yuv", 176, 144, "yuv420p", 10},
        {"a_176x144_8_30.yuv", 176, 144, "yuv420p", 30},
        {"tiles_4x4_176x144_25.yuv", 176, 144, "yuv420p", 25},
    };
    for (const NamedCase& c : cases) {
        const auto layout = guessRawLayout(c.name);
        ASSERT_TRUE(layout) << c.name;
        EXPECT_EQ(layout->width, c.width) << c.name;
        EXPECT_EQ(layout->height, c.height) << c.name;
        EXPECT_EQ(rawFormatName(*layout), c.format) << c.name;
        EXPECT_EQ(layout->framesPerSecond, c.rate) << c.name;
    }
}

TEST(GuessRawLayout, SaysNothingWhereTheNameNamesNoSize)
{
    for (const char* name :
         {"holiday.yuv", "x.yuv", "", "axb.yuv", "0x0.yuv", "x12.yuv", "999999999x5.yuv"})
        EXPECT_FALSE(guessRawLayout(name)) << name;
}

TEST(GuessRawLayout, ReadsRatesWithDecimalsAsTheFractionsThatTheyAre)
{
    const std::pair<const char*, Rate> cases[] = {
        {"a_176x144_29.97fps.yuv", {30000, 1001}},
        {"a_176x144_23.976fps_8bit_420.yuv", {24000, 1001}},
        {"a_176x144_23.98fps.yuv", {24000, 1001}},
        {"a_176x144_59_94fps.yuv", {60000, 1001}},
        {"a_176x144_29,97fps.yuv", {30000, 1001}},
        {"a_176x144_5994fps.yuv", {60000, 1001}},
        {"a_176x144_29.97.yuv", {30000, 1001}},
        {"a_176x144_29-97_420.yuv", {30000, 1001}},
        {"a_176x144_12.5fps.yuv", {25, 2}},
        {"a_720p5994.yuv", {60000, 1001}},
        {"v1.25fps_176x144.yuv", {25, 1}},
        {"take_2_25fps_176x144.yuv", {25, 1}},
        {"take_3_176x144_30hz.yuv", {30, 1}},
        {"a_176x144_25.yuv", {25, 1}},
    };
    for (const auto& [name, rate] : cases) {
        const auto layout = guessRawLayout(name);
        ASSERT_TRUE(layout) << name;
        EXPECT_EQ(rateOf(layout->framesPerSecond), rate) << name;
    }
}

TEST(RawName, KnowsLayoutsThatAreNotRead)
{
    for (const char* word :
         {"uyvy", "UYVY422", "yuyv", "yuy2", "v210", "rgb24", "bgr24", "rgba", "rgb48le", "gbrp",
          "gbrp10le", "yuva420p", "yuva444p10le", "packed", "ayuv", "y210", "bayer8"})
        EXPECT_NE(readRawName(fmt::format("a_64x48_{}.yuv", word)).unreadable, "") << word;
    EXPECT_EQ(readRawName("a_64x48.uyvy").unreadable, "uyvy");
    for (const char* word : {"yuv420p", "nv12", "p010", "rgbtest", "unpacked", "argument"})
        EXPECT_EQ(readRawName(fmt::format("a_64x48_{}.yuv", word)).unreadable, "") << word;
}

} // namespace
} // namespace vitrine::video
