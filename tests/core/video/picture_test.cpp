#include "core/video/picture.h"

#include "core/video/colour.h"
#include "core/video/psnr.h"
#include "core/video/ssim.h"
#include "tests/core/video/slow_picture.h"
#include "tests/support/synthetic_clip.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace vitrine::video
{
namespace
{

constexpr SampleFormat kFormats[] = {{8, Chroma::k420},  {8, Chroma::k444},  {8, Chroma::k422},
                                     {8, Chroma::k411},  {8, Chroma::k440},  {8, Chroma::k400},
                                     {10, Chroma::k420}, {12, Chroma::k444}, {16, Chroma::k420}};

// Greatest difference of a channel.
int apart(const Picture& a, const Picture& b)
{
    EXPECT_EQ(a.width, b.width);
    EXPECT_EQ(a.height, b.height);
    int most = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i)
        for (const int shift : {0, 8, 16, 24})
            most = std::max(most, std::abs(static_cast<int>(a.pixels[i] >> shift & 255) -
                                           static_cast<int>(b.pixels[i] >> shift & 255)));
    return most;
}

std::vector<Window> windowsFor(const Frame& frame)
{
    const double w = frame.width(), h = frame.height();
    return {{0, 0, w, h, frame.width(), frame.height(), true}, // as it is
            {0, 0, w, h, frame.width() / 2, frame.height() / 2, true},
            {0, 0, w, h, frame.width() / 2, frame.height() / 2, false},
            {0, 0, w, h, frame.width() / 3 + 1, frame.height() / 5 + 1, true},
            {0, 0, w, h, 2 * frame.width() + 3, 3 * frame.height(), true},
            {0, 0, w, h, 7, frame.height() * 2, true}, // narrower and higher
            {3.3, 2.6, w / 3, h / 4, 40, 31, true},
            {-5, -3, w + 12, h + 9, frame.width() - 3, frame.height(), true}, // beyond the border
            {w - 4, h - 4, 4, 4, 16, 16, false},
            {-1000, -1000, 500, 500, 9, 9, true}};
}

Frame noisy(int width, int height, SampleFormat format, Colour colour, std::uint64_t seed)
{
    Frame frame = tests::noiseFrame(width, height, format, seed);
    frame.colour = colour;
    return frame;
}

TEST(RgbPicture, IsWithinOneCodeOfExactArithmetic)
{
    for (const SampleFormat& format : kFormats)
        for (const Matrix matrix : {Matrix::unknown, Matrix::bt709, Matrix::bt2020})
            for (const ColourRange range : {ColourRange::limited, ColourRange::full}) {
                const Frame frame = noisy(53, 38, format, {matrix, range}, 5);
                for (const Window& window : windowsFor(frame))
                    EXPECT_LE(
                        apart(rgbPicture(frame, window), tests::slowRgbPicture(frame, window)), 1)
                        << formatName(format) << " " << colourName(frame.colour) << " to "
                        << window.targetWidth << "x" << window.targetHeight << " from " << window.x;
            }
}

TEST(RgbPicture, EqualsTheConversionOfColourAtItsOwnSize)
{
    for (const Chroma chroma : {Chroma::k420, Chroma::k444, Chroma::k422, Chroma::k411}) {
        const Frame frame = tests::movingFrame(50, 34, {8, chroma}, 3);
        const RgbPicture expected = toRgb(frame, assumed({}, 34));
        const Picture picture = rgbPicture(frame, wholeFrame(frame, 50, 34));
        for (int y = 0; y < 34; ++y)
            for (int x = 0; x < 50; ++x) {
                const std::uint8_t* rgb = expected.pixel(x, y);
                for (int channel = 0; channel < 3; ++channel)
                    ASSERT_NEAR(picture.row(y)[x] >> (16 - 8 * channel) & 255, rgb[channel], 1);
            }
    }
}

// Self-check 14 of the comparison's specification.
TEST(RgbPicture, ShowsGreysExactlyAndPrimariesWithinOneCode)
{
    for (const int bits : {8, 10, 12})
        for (const Colour colour : {Colour{Matrix::bt709, ColourRange::limited},
                                    Colour{Matrix::bt601, ColourRange::full}}) {
            const bool full = colour.range == ColourRange::full;
            const int unit = 1 << (bits - 8), peak = (1 << bits) - 1;
            for (int code = 0; code < 256; ++code) {
                Frame frame(8, 8, {bits, Chroma::k420}, colour);
                const double luma = full ? code / 255.0 * peak : (16 + code / 255.0 * 219) * unit;
                const auto sample = static_cast<int>(std::lround(luma));
                for (int plane = 0; plane < 3; ++plane)
                    for (int y = 0; y < frame.height(plane); ++y)
                        for (int x = 0; x < frame.width(plane); ++x)
                            frame.setSample(plane, x, y, plane == 0 ? sample : 128 * unit);
                const double exact =
                    full ? 255.0 * sample / peak : 255.0 * (sample - 16 * unit) / (219 * unit);
                const auto grey = static_cast<std::uint32_t>(std::floor(exact + 0.5));
                for (const int size : {8, 4, 3, 11})
                    for (const std::uint32_t pixel :
                         rgbPicture(frame, wholeFrame(frame, size, size)).pixels)
                        ASSERT_EQ(pixel, 0xff000000u | grey * 0x010101u)
                            << bits << " bits, code " << code;
            }
        }
    for (const std::uint32_t primary :
         {0xffff0000u, 0xff00ff00u, 0xff0000ffu, 0xffffff00u, 0xff00ffffu, 0xffff00ffu})
        for (const Matrix matrix : {Matrix::bt601, Matrix::bt709, Matrix::bt2020}) {
            RgbPicture picture{4, 4, {}};
            for (int i = 0; i < 16; ++i)
                for (const int shift : {16, 8, 0})
                    picture.samples.push_back(static_cast<std::uint8_t>(primary >> shift & 255));
            const Frame frame = toYuv(picture, Chroma::k444, {matrix, ColourRange::full});
            const Window window = wholeFrame(frame, 4, 4);
            EXPECT_LE(apart(rgbPicture(frame, window), tests::slowRgbPicture(frame, window)), 1);
            // 8-bit chroma itself moves a primary by up to a code.
            EXPECT_LE(apart(rgbPicture(frame, window), {4, 4, std::vector(16, primary)}), 2);
        }
}

TEST(DifferencePicture, IsWithinOneCodeOfExactArithmetic)
{
    std::vector<std::uint32_t> ramp;
    for (std::uint32_t i = 0; i < 256; ++i)
        ramp.push_back(0xff000000u | i << 16 | (255 - i));
    for (const SampleFormat& format : kFormats) {
        const Frame a = tests::movingFrame(53, 38, format, 2);
        const Frame b = tests::withNoise(a, 3 << (format.bits - 8), 9);
        for (int plane = 0; plane < format.planes(); ++plane)
            for (const DifferenceMode mode :
                 {DifferenceMode::signedGrey, DifferenceMode::absolute, DifferenceMode::heat})
                for (const double gain : {1.0, 3.5, 16.0})
                    for (const Window& window : windowsFor(a))
                        ASSERT_LE(apart(differencePicture(a, b, plane, mode, gain, window, ramp),
                                        tests::slowDifferencePicture(a, b, plane, mode, gain,
                                                                     window, ramp)),
                                  1)
                            << formatName(format) << " plane " << plane << " gain " << gain
                            << " to " << window.targetWidth << "x" << window.targetHeight;
    }
}

TEST(DifferencePicture, ShowsOneDifferentSampleWhereItIs)
{
    const Frame a = tests::movingFrame(32, 32, {}, 0);
    Frame b = a;
    b.setSample(0, 9, 4, a.sample(0, 9, 4) - 2);

    const Picture picture =
        differencePicture(a, b, 0, DifferenceMode::signedGrey, 4, wholeFrame(a, 64, 64));
    for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 64; ++x)
            ASSERT_EQ(picture.row(y)[x],
                      x / 2 == 9 && y / 2 == 4 ? 0xff888888u : 0xff808080u); // 128 + 4 * 2
    const Picture heat = differencePicture(a, a, 0, DifferenceMode::heat, 64, wholeFrame(a, 8, 8));
    for (const std::uint32_t pixel : heat.pixels)
        EXPECT_EQ(pixel, 0xff000000u);
}

TEST(BlockMaps, AreTheMeasuresOfEachBlock)
{
    const Frame a = tests::movingFrame(70, 37, {}, 1);
    Frame b = tests::withNoise(a, 4, 2);
    for (int y = 0; y < 16; ++y)
        for (int x = 16; x < 32; ++x)
            b.setSample(0, x, y, a.sample(0, x, y));

    const BlockMap map = blockPsnr(a, b);
    ASSERT_EQ(map.columns, 5);
    ASSERT_EQ(map.rows, 3);
    EXPECT_EQ(map.values[1], static_cast<float>(kExactPsnr));
    for (int row = 0; row < 3; ++row)
        for (int column = 0; column < 5; ++column) {
            double squares = 0, count = 0;
            for (int y = 16 * row; y < std::min(16 * row + 16, 37); ++y)
                for (int x = 16 * column; x < std::min(16 * column + 16, 70); ++x, ++count)
                    squares += std::pow(a.sample(0, x, y) - b.sample(0, x, y), 2);
            if (squares > 0) {
                EXPECT_NEAR(map.values[static_cast<std::size_t>(5 * row + column)],
                            10 * std::log10(255.0 * 255 / (squares / count)), 1e-4);
            }
        }

    const BlockMap ssim = blockSsim(a, b);
    const std::vector<float> windows = ssimMap(a, b);
    double sum = 0;
    for (int y = 11; y < 27; ++y) // block (1, 1): windows whose middles are 16..31
        for (int x = 11; x < 27; ++x)
            sum += static_cast<double>(windows[static_cast<std::size_t>(60 * y + x)]);
    EXPECT_NEAR(ssim.values[6], sum / 256, 1e-6);
    EXPECT_TRUE(std::isnan(ssim.values[14])); // 5 rows at the bottom hold no window's middle
}

TEST(Histogram, CountsEverySampleOnce)
{
    for (const SampleFormat& format : kFormats) {
        const Frame frame = tests::noiseFrame(33, 21, format, 4);
        const Histogram histogram = video::histogram(frame);
        for (int plane = 0; plane < format.planes(); ++plane) {
            std::vector<std::uint32_t> expected(static_cast<std::size_t>(format.peak()) + 1);
            for (int y = 0; y < frame.height(plane); ++y)
                for (int x = 0; x < frame.width(plane); ++x)
                    ++expected[static_cast<std::size_t>(frame.sample(plane, x, y))];
            EXPECT_EQ(histogram.counts[static_cast<std::size_t>(plane)], expected);
        }
    }
}

TEST(Waveform, PutsSamplesIntoTheirColumnAndLevel)
{
    Frame frame(4, 2, {8, Chroma::k400});
    const int samples[2][4] = {{0, 10, 255, 128}, {0, 200, 255, 127}};
    for (int y = 0; y < 2; ++y)
        for (int x = 0; x < 4; ++x)
            frame.setSample(0, x, y, samples[y][x]);

    const Waveform waveform = video::waveform(frame, 0, 2, 4);

    // Levels of 64 codes from black up; two columns each.
    EXPECT_EQ(waveform.counts, (std::vector<std::uint32_t>{3, 0, 0, 1, 0, 1, 1, 2}));
}

} // namespace
} // namespace vitrine::video
