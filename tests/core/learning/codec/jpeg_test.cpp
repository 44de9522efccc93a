#include "core/learning/nets/codec/jpeg.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>

namespace vitrine::learning::codec
{
namespace
{

constexpr int kJpegWidth = 40, kJpegHeight = 24;

// Slow waves of three colours.
std::vector<uint8_t> waves()
{
    std::vector<uint8_t> rgb;
    for (int y = 0; y < kJpegHeight; ++y)
        for (int x = 0; x < kJpegWidth; ++x)
            for (int c = 0; c < 3; ++c)
                rgb.push_back(static_cast<uint8_t>(
                    std::lround(128 + 70 * std::sin(0.2 * x + c) + 30 * std::cos(0.3 * y))));
    return rgb;
}

double meanSquareError(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b)
{
    double sum = 0.0;
    for (size_t i = 0; i < a.size(); ++i)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum / static_cast<double>(a.size());
}

TEST(Jpeg, CostsMoreAndErrsLessAtHigherQuality)
{
    if (!hasJpeg())
        GTEST_SKIP() << "this build has no JPEG library";
    const auto rgb = waves();

    double error = 1e9;
    size_t bits = 0;
    for (const int quality : {5, 30, 60, 95}) {
        const JpegPicture jpeg = throughJpeg(rgb, kJpegWidth, kJpegHeight, quality);
        ASSERT_EQ(jpeg.rgb.size(), rgb.size());
        EXPECT_LT(meanSquareError(jpeg.rgb, rgb), error) << quality;
        EXPECT_GT(jpeg.bits, bits) << quality;
        error = meanSquareError(jpeg.rgb, rgb);
        bits = jpeg.bits;
    }
    EXPECT_LT(error, 12.0) << "colours are in their places";
    EXPECT_THROW(throughJpeg(rgb, kJpegWidth, kJpegHeight + 1, 50), std::runtime_error);
}

// A file by hand: what counts is the table's 3 bytes, and 4 of the first scan, 2 of the second.
TEST(Jpeg, BitsAreThoseOfScansAndHuffmanTables)
{
    const std::string head = std::string("\xff\xd8\xff\xe0\0\x04xx\xff\xdb\0\x05qqq", 15),
                      table = std::string("\xff\xc4\0\x05hhh", 7),
                      scan = std::string("\xff\xda\0\x04ss", 6);

    EXPECT_EQ(jpegBits(head + table + scan + "a" + std::string("\xff\0", 2) + "b" + scan +
                       "\xff\xd0\xff\xd9"),
              8u * (3 + 4 + 2));

    for (const std::string& broken :
         {std::string(), std::string("GIF89a"), head, head + table, head + "x" + scan,
          head + scan + "abc", head + scan + "ab\xff", std::string("\xff\xd8\xff"),
          std::string("\xff\xd8\xff\xc4\0\0\xff\xd9", 8)})
        EXPECT_THROW(jpegBits(broken), std::runtime_error) << broken.size();
}

} // namespace
} // namespace vitrine::learning::codec
