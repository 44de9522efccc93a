#include "core/picture/picture.h"

#include "core/base/file.h"
#include "core/picture/picture_size.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <array>

namespace vitrine
{
namespace
{

Picture gradient(std::int64_t width, std::int64_t height, std::int64_t channels)
{
    Picture picture{width, height, channels, {}};
    for (std::int64_t i = 0; i < width * height * channels; ++i)
        picture.values.push_back(static_cast<std::uint8_t>(i * 37 % 256));
    return picture;
}

TEST(Picture, ComesBackFromItsFileWithItsChannelsInOrder)
{
    const tests::TemporaryFolder folder;
    for (const std::int64_t channels : {1, 3}) {
        const Picture written = gradient(7, 5, channels);
        ASSERT_TRUE(writePicture(written, folder.path / "a.png"));
        const auto read = readPicture(folder.path / "a.png");
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(read->width, 7);
        EXPECT_EQ(read->height, 5);
        EXPECT_EQ(read->channels, channels);
        EXPECT_EQ(read->values, written.values);
    }
}

TEST(Picture, WhatIsNoneIsRefusedByName)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "no.png";
    for (const std::string bytes : {"", "hello", "\x89PNG\r\n\x1a\n"}) {
        ASSERT_TRUE(writeFileAtomically(path, bytes));
        const auto read = readPicture(path);
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().kind, ErrorKind::input);
        EXPECT_NE(read.error().message.find("no.png"), std::string::npos);
    }
    EXPECT_FALSE(readPicture(folder.path / "absent.png"));
}

// 33 bytes that claim 60,000 x 60,000 pixels.
TEST(Picture, WhatClaimsTooManyPixelsIsRefusedBeforeItIsDecoded)
{
    const tests::TemporaryFolder folder;
    std::string bytes("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x02\0\0\0", 29);
    bytes += std::string(4, '\0');
    ASSERT_TRUE(writeFileAtomically(folder.path / "bomb.png", bytes));
    const auto read = readPicture(folder.path / "bomb.png");
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message.find("60000 x 60000"), std::string::npos)
        << read.error().message;
}

// As seen.rgb has them, one behind the other (tests/golden/pictures/make.py).
constexpr std::array kStored = {"rgb.png",
                                "grey.png",
                                "rgba.png",
                                "opaque.png",
                                "grey_alpha.png",
                                "palette.png",
                                "palette_transparent.png",
                                "bits.png",
                                "rgb.bmp",
                                "palette.bmp",
                                "rgb.ppm",
                                "grey.pgm",
                                "rgb.tif",
                                "frames.tif",
                                "frames.png",
                                "rgb.jpg",
                                "grey.jpg",
                                "turned.jpg",
                                "turned.png",
                                "rgb.webp",
                                "rgba.webp",
                                "deep.png"};

LeftOut leftOutIn(const std::filesystem::path& folder, const char* name)
{
    const auto picture = readPicture(folder / name);
    EXPECT_TRUE(picture) << picture.error().message;
    return picture ? picture->leftOut : LeftOut{};
}

TEST(Picture, OfEveryKindIsSeenAsPillowSeesIt)
{
    const auto folder = tests::goldenData("pictures");
    if (!folder)
        GTEST_SKIP() << "set VITRINE_GOLDEN to tests/golden";
    const std::string seen = readFile(*folder / "seen.rgb", 1 << 20).value();
    constexpr std::size_t kPixels = 13 * 9;
    ASSERT_EQ(seen.size(), kStored.size() * 3 * kPixels);
    for (std::size_t i = 0; i < kStored.size(); ++i) {
        const auto picture = readPicture(*folder / kStored[i]);
        ASSERT_TRUE(picture) << picture.error().message;
        ASSERT_EQ(picture->width, 13) << kStored[i];
        ASSERT_EQ(picture->height, 9);
        const bool isGrey = picture->channels == 1;
        int different = 0;
        for (std::size_t value = 0; value < 3 * kPixels; ++value)
            different += picture->values[isGrey ? value / 3 : value] !=
                         static_cast<std::uint8_t>(seen[i * 3 * kPixels + value]);
        EXPECT_EQ(different, 0) << kStored[i];
    }
}

TEST(Picture, SaysWhatIsLeftOut)
{
    const auto folder = tests::goldenData("pictures");
    if (!folder)
        GTEST_SKIP() << "set VITRINE_GOLDEN to tests/golden";
    for (const char* name : {"rgba.png", "grey_alpha.png", "palette_transparent.png", "rgba.webp"})
        EXPECT_TRUE(leftOutIn(*folder, name).transparency) << name;
    for (const char* name : {"frames.png", "frames.tif"})
        EXPECT_TRUE(leftOutIn(*folder, name).frames) << name;
    for (const char* name : {"turned.jpg", "turned.png"})
        EXPECT_TRUE(leftOutIn(*folder, name).orientation) << name;
    EXPECT_TRUE(leftOutIn(*folder, "deep.png").depth);
    for (const char* name : {"rgb.png", "opaque.png", "grey.png", "palette.png", "bits.png",
                             "rgb.jpg", "rgb.tif", "rgb.bmp", "rgb.webp", "rgb.ppm"}) {
        const LeftOut left = leftOutIn(*folder, name);
        EXPECT_FALSE(left.transparency || left.frames || left.orientation || left.depth) << name;
    }
}

TEST(Picture, WhatOtherProgramsSeeDifferentlyIsRefused)
{
    const auto folder = tests::goldenData("pictures");
    if (!folder)
        GTEST_SKIP() << "set VITRINE_GOLDEN to tests/golden";
    const auto cmyk = readPicture(*folder / "cmyk.jpg");
    ASSERT_FALSE(cmyk);
    EXPECT_NE(cmyk.error().message.find("CMYK"), std::string::npos) << cmyk.error().message;
    EXPECT_FALSE(readPicture(*folder / "frames.webp")); // this OpenCV decodes no animation
}

TEST(LeftOutNotes, CountEachKindOnce)
{
    const std::array<LeftOut, 3> pictures = {
        LeftOut{.transparency = true}, LeftOut{.transparency = true, .frames = true}, LeftOut{}};
    const auto notes = leftOutNotes(pictures);
    ASSERT_EQ(notes.size(), 2u);
    EXPECT_TRUE(notes[0].starts_with("2 of 3 pictures are transparent")) << notes[0];
    EXPECT_TRUE(notes[1].starts_with("1 of 3 pictures")) << notes[1];
    EXPECT_TRUE(leftOutNotes({}).empty());
}

TEST(PictureSize, IsReadFromTheFirstBytes)
{
    const tests::TemporaryFolder folder;
    ASSERT_TRUE(writePicture(gradient(300, 2, 3), folder.path / "a.png"));
    const std::string png = readFile(folder.path / "a.png", 1 << 20).value();
    const auto size = claimedSize(png);
    ASSERT_TRUE(size);
    EXPECT_EQ(size->width, 300);
    EXPECT_EQ(size->height, 2);

    // A JPEG's frame header stands behind other segments.
    const std::string jpeg("\xff\xd8\xff\xe0\0\4\1\2\xff\xc0\0\x0b\x08\0\x10\0\x20\1\1\x11\0", 21);
    const auto ofJpeg = claimedSize(jpeg);
    ASSERT_TRUE(ofJpeg);
    EXPECT_EQ(ofJpeg->width, 32);
    EXPECT_EQ(ofJpeg->height, 16);

    for (std::size_t length = 0; length < jpeg.size(); ++length)
        (void)claimedSize(jpeg.substr(0, length)); // reads nothing behind its end
    EXPECT_FALSE(claimedSize("hello"));

    const auto ofPnm = claimedSize("P6 # made by hand\n60000\t7\n255\n");
    ASSERT_TRUE(ofPnm);
    EXPECT_EQ(ofPnm->width, 60000);
    EXPECT_EQ(ofPnm->height, 7);
    const std::string tiff("II*\0\x08\0\0\0\2\0\0\1\4\0\1\0\0\0\x60\xea\0\0"
                           "\1\1\3\0\1\0\0\0\7\0\0\0\0\0\0\0",
                           38);
    const auto ofTiff = claimedSize(tiff);
    ASSERT_TRUE(ofTiff);
    EXPECT_EQ(ofTiff->width, 60000);
    EXPECT_EQ(ofTiff->height, 7);
    for (std::size_t length = 0; length < tiff.size(); ++length)
        (void)claimedSize(tiff.substr(0, length));
}

TEST(PictureName, EndsAsAPictureDoes)
{
    EXPECT_TRUE(isPictureName("a/b.PNG"));
    EXPECT_TRUE(isPictureName("b.jpeg"));
    EXPECT_FALSE(isPictureName("b.txt"));
    EXPECT_FALSE(isPictureName("png"));
}

} // namespace
} // namespace vitrine
