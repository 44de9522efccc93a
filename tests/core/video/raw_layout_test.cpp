#include "core/video/raw_layout.h"

#include "core/video/raw_file.h"
#include "tests/support/synthetic_clip.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::video
{
namespace
{

using testing::HasSubstr;

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

// Every arrangement, chroma and depth, odd sizes, both byte orders: out and back.
TEST(RawLayout, PacksAndUnpacksEveryFormat)
{
    for (const Chroma chroma :
         {Chroma::k400, Chroma::k411, Chroma::k420, Chroma::k422, Chroma::k440, Chroma::k444})
        for (const int bits : {8, 9, 10, 12, 14, 16})
            for (const Arrangement arrangement :
                 {Arrangement::planar, Arrangement::planarSwapped, Arrangement::semiPlanar,
                  Arrangement::semiPlanarSwapped})
                for (const ByteOrder order : {ByteOrder::little, ByteOrder::big})
                    for (const bool highBits : {false, true}) {
                        RawLayout layout{13, 7, {bits, chroma}, arrangement, order, highBits,
                                         0,  {}};
                        const Frame frame = tests::noiseFrame(13, 7, layout.format, 3);

                        const auto back = unpackRaw(layout, packRaw(layout, frame));

                        ASSERT_TRUE(back) << back.error().message;
                        ASSERT_TRUE(back->sameSamples(frame)) << rawFormatName(layout);
                    }
}

TEST(RawLayout, LaysBytesWhereTheFormatSays)
{
    Frame frame(2, 2, {10, Chroma::k420});
    for (int i = 0; i < 4; ++i)
        frame.setSample(0, i % 2, i / 2, 0x101 + i);
    frame.setSample(1, 0, 0, 0x201);
    frame.setSample(2, 0, 0, 0x3ff);
    RawLayout p010;
    p010.width = p010.height = 2;
    ASSERT_TRUE(setRawFormat(p010, "p010be"));

    const auto bytes = packRaw(p010, frame);

    // 0x101 << 6 = 0x4040, 0x201 << 6 = 0x8040, 0x3ff << 6 = 0xffc0; U and V by turns.
    const std::vector<int> expected = {0x40, 0x40, 0x40, 0x80, 0x40, 0xc0,
                                       0x41, 0x00, 0x80, 0x40, 0xff, 0xc0};
    ASSERT_EQ(bytes.size(), expected.size());
    for (std::size_t i = 0; i < bytes.size(); ++i)
        EXPECT_EQ(static_cast<int>(bytes[i]), expected[i]) << i;
}

TEST(RawLayout, RefusesSamplesAboveThePeak)
{
    RawLayout layout{1, 1, {10, Chroma::k400}, Arrangement::planar, ByteOrder::big, false, 0, {}};
    const std::vector<std::byte> bytes = {std::byte{0xff}, std::byte{0x03}};

    const auto frame = unpackRaw(layout, bytes);

    ASSERT_FALSE(frame);
    EXPECT_THAT(frame.error().message, HasSubstr("above 1023"));
}

TEST(RawFile, ReadsFramesInAnyOrderAndNotesARest)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "clip_9x5_yuv422p10le.yuv";
    const auto layout = rawLayoutOf(path).value();
    auto writer = RawWriter::create(path, layout).value();
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(writer.write(tests::movingFrame(9, 5, layout.format, i)));
    ASSERT_TRUE(writer.finish());
    std::ofstream(path, std::ios::app | std::ios::binary) << "rest";

    const auto source = openRaw(path, layout).value();

    EXPECT_EQ(source->info().frames, 3);
    ASSERT_EQ(source->info().notes.size(), 2u);
    EXPECT_THAT(source->info().notes[1], HasSubstr("last 4 bytes"));
    for (const int i : {2, 0, 1})
        EXPECT_TRUE(source->read(i)->sameSamples(tests::movingFrame(9, 5, layout.format, i))) << i;
}

TEST(RawFile, RefusesAFileSmallerThanAFrameWithoutAllocating)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "clip_16384x16384_yuv444p16le.yuv";
    std::ofstream(path) << "short";

    const auto source = openRaw(path, rawLayoutOf(path).value());

    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().kind, ErrorKind::input);
    EXPECT_THAT(source.error().message, HasSubstr("has 5 bytes"));
}

} // namespace
} // namespace vitrine::video
