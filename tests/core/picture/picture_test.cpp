#include "core/picture/picture.h"

#include "core/base/file.h"
#include "core/picture/picture_size.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

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
