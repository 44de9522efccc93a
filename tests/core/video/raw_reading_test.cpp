#include "core/video/raw_reading.h"

#include "core/video/raw_file.h"
#include "core/video/raw_name.h"
#include "tests/support/synthetic_clip.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::video
{
namespace
{

using testing::HasSubstr;

class RawReadings : public testing::Test
{
protected:
    // A ramp of chroma over a moving texture of luma, as pictures have it.
    static Frame picture(int width, int height, SampleFormat format, int index)
    {
        Frame frame = tests::movingFrame(width, height, format, index);
        for (int plane = 1; plane < format.planes(); ++plane)
            for (int y = 0; y < frame.height(plane); ++y)
                for (int x = 0; x < frame.width(plane); ++x) {
                    const double ramp = plane == 1 ? double(x) / frame.width(plane)
                                                   : 1 - double(y) / frame.height(plane);
                    frame.setSample(plane, x, y,
                                    static_cast<int>((0.2 + 0.5 * ramp) * format.peak()));
                }
        return frame;
    }
    // A file of this name that holds frames of `format`; `step` 0: of a still.
    std::filesystem::path write(const std::string& name, const char* format, int frames,
                                int width = 64, int height = 48, int step = 1)
    {
        RawLayout layout;
        layout.width = width;
        layout.height = height;
        EXPECT_TRUE(setRawFormat(layout, format));
        const auto path = folder_.path / name;
        auto writer = RawWriter::create(path, layout).value();
        for (int i = 0; i < frames; ++i)
            EXPECT_TRUE(writer.write(picture(width, height, layout.format, i * step)));
        EXPECT_TRUE(writer.finish());
        return path;
    }
    // "64x48 yuv420p 25"
    static std::string shown(const Result<RawReading>& reading)
    {
        if (!reading)
            return reading.error().message;
        const RawLayout& layout = reading->layout;
        return fmt::format("{}x{} {} {}", layout.width, layout.height, rawFormatName(layout),
                           layout.framesPerSecond);
    }

    tests::TemporaryFolder folder_;
};

TEST_F(RawReadings, ANumberBehindTheRateIsBitsWhereTheContentHasThem)
{
    EXPECT_EQ(shown(readingOf(write("a_64x48_24_10.yuv", "yuv420p10le", 4))),
              "64x48 yuv420p10le 24");
    EXPECT_EQ(shown(readingOf(write("b_64x48_24_10.yuv", "yuv420p", 4))), "64x48 yuv420p 24");
    EXPECT_EQ(shown(readingOf(write("c_64x48_10.yuv", "yuv420p", 4))), "64x48 yuv420p 10");
    EXPECT_EQ(shown(readingOf(write("d_64x48_10.yuv", "yuv420p10le", 4))), "64x48 yuv420p10le 0");
    EXPECT_EQ(shown(readingOf(write("e_64x48_12_30.yuv", "yuv420p12le", 4))),
              "64x48 yuv420p12le 30");
}

TEST_F(RawReadings, OfTwoSizesTheOneWithPicturesIsTaken)
{
    const auto tiles = readingOf(write("tiles_4x4_64x48_25.yuv", "yuv420p", 8));
    EXPECT_EQ(shown(tiles), "64x48 yuv420p 25");
    EXPECT_THAT(tiles->origin, HasSubstr("length and content decided"));
    EXPECT_EQ(shown(readingOf(write("from_96x32_to_64x48.yuv", "yuv420p", 8))), "64x48 yuv420p 0");
    EXPECT_EQ(shown(readingOf(write("64x48_of_96x32.yuv", "yuv420p", 8))), "64x48 yuv420p 0");
    // 128x96 does not fit the length of one frame.
    EXPECT_EQ(shown(readingOf(write("128x96_64x48.yuv", "yuv420p", 1))), "64x48 yuv420p 0");
}

TEST_F(RawReadings, TwoSizesThatFitEquallyWellAreRefused)
{
    const auto path = folder_.path / "flat_64x48_or_96x32.yuv";
    std::ofstream(path, std::ios::binary) << std::string(64 * 48 * 3 / 2 * 2, '\x40');

    const auto reading = readingOf(path);

    ASSERT_FALSE(reading);
    EXPECT_EQ(reading.error().kind, ErrorKind::input);
    EXPECT_THAT(reading.error().message, HasSubstr("size="));
    RawGiven given;
    ASSERT_TRUE(setRawSize(given, "96x32", "size"));
    EXPECT_EQ(shown(readingOf(path, given)), "96x32 yuv420p 0");
}

TEST_F(RawReadings, AWordForSizesMeansTheOneThatFits)
{
    EXPECT_EQ(shown(readingOf(write("a_qcif.yuv", "yuv420p", 3, 176, 144))), "176x144 yuv420p 0");
    EXPECT_EQ(shown(readingOf(write("b_qcif.yuv", "yuv420p", 1, 176, 120))), "176x120 yuv420p 0");
}

TEST_F(RawReadings, AnAssumptionThatTheContentContradictsIsRefused)
{
    for (const char* format : {"nv12", "nv21", "yuv420p10le", "yuv444p10le", "gray", "yuv444p"}) {
        const auto reading = readingOf(write("a_64x48.yuv", format, 6, 64, 48, 0));
        ASSERT_FALSE(reading) << format;
        EXPECT_THAT(reading.error().message, HasSubstr("format=")) << format;

        RawGiven given;
        given.format = format;
        EXPECT_TRUE(readingOf(folder_.path / "a_64x48.yuv", given)) << format;
    }
}

TEST_F(RawReadings, RightAssumptionsStandForPicturesNoiseAndFlatness)
{
    EXPECT_EQ(shown(readingOf(write("a_64x48.yuv", "yuv420p", 6))), "64x48 yuv420p 0");
    for (const int frames : {1, 2, 6}) {
        RawLayout layout;
        layout.width = 64;
        layout.height = 48;
        auto noise = RawWriter::create(folder_.path / "noise_64x48.yuv", layout).value();
        auto flat = RawWriter::create(folder_.path / "flat_64x48.yuv", layout).value();
        for (int i = 0; i < frames; ++i) {
            ASSERT_TRUE(noise.write(
                tests::noiseFrame(64, 48, layout.format, static_cast<std::uint64_t>(i))));
            ASSERT_TRUE(flat.write(Frame(64, 48, layout.format)));
        }
        ASSERT_TRUE(noise.finish());
        ASSERT_TRUE(flat.finish());
        EXPECT_EQ(shown(readingOf(folder_.path / "noise_64x48.yuv")), "64x48 yuv420p 0");
        EXPECT_EQ(shown(readingOf(folder_.path / "flat_64x48.yuv")), "64x48 yuv420p 0");
    }
}

TEST_F(RawReadings, LayoutsThatAreNotReadAreRefusedByName)
{
    const auto path = write("a_64x48_uyvy422.yuv", "yuv422p", 2);
    EXPECT_THAT(readingOf(path).error().message, HasSubstr("uyvy422"));
    EXPECT_EQ(readingOf(path).error().kind, ErrorKind::input);
    RawGiven given;
    given.format = "yuv422p";
    EXPECT_EQ(shown(readingOf(path, given)), "64x48 yuv422p 0");
    given.format = "v210";
    EXPECT_THAT(readingOf(path, given).error().message, HasSubstr("v210"));
}

TEST_F(RawReadings, WhatIsGivenCountsMoreThanTheName)
{
    const auto path = write("a_32x32_50fps_nv12.yuv", "yuv420p", 4);
    RawGiven given{64, 48, "yuv420p", 29.97};
    const auto reading = readingOf(path, given);
    EXPECT_EQ(shown(reading), "64x48 yuv420p 29.97");
    EXPECT_THAT(reading->origin, HasSubstr("given"));
}

} // namespace
} // namespace vitrine::video
