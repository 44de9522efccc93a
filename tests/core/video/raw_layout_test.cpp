#include "core/video/raw_layout.h"

#include "core/video/raw_file.h"
#include "core/video/raw_name.h"
#include "core/video/raw_reading.h"
#include "tests/support/synthetic_clip.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::video
{
namespace
{

using testing::HasSubstr;

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
    const auto layout = guessRawLayout(path.filename().string()).value();
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

    const auto source = openRaw(path, readingOf(path).value().layout);

    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().kind, ErrorKind::input);
    EXPECT_THAT(source.error().message, HasSubstr("has 5 bytes"));
}

} // namespace
} // namespace vitrine::video
