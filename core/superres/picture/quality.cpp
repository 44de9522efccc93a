#include "core/superres/picture/quality.h"

#include "core/video/psnr.h"
#include "core/video/ssim.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vitrine::superres
{
namespace
{

video::Frame lumaFrame(const Picture& picture)
{
    video::Frame frame(static_cast<int>(picture.width), static_cast<int>(picture.height),
                       {8, video::Chroma::k400});
    const std::vector<std::uint8_t> luma = lumaOf(picture);
    std::memcpy(frame.row(0, 0), luma.data(), luma.size());
    return frame;
}

// Of the channel, whichever of one or three it has.
std::uint8_t valueAt(const Picture& picture, std::int64_t pixel, std::int64_t channel)
{
    const std::int64_t at = picture.channels == 3 ? pixel * 3 + channel : pixel;
    return picture.values[static_cast<std::size_t>(at)];
}

double psnrOfColours(const Picture& a, const Picture& b, std::int64_t border)
{
    std::uint64_t squares = 0, values = 0;
    for (std::int64_t y = border; y < a.height - border; ++y)
        for (std::int64_t x = border; x < a.width - border; ++x)
            for (std::int64_t c = 0; c < 3; ++c) {
                const std::int64_t pixel = y * a.width + x;
                const int difference = valueAt(a, pixel, c) - valueAt(b, pixel, c);
                squares += static_cast<std::uint64_t>(difference * difference);
                ++values;
            }
    return video::psnr(static_cast<double>(squares) / static_cast<double>(values), 255);
}

bool areIdentical(const Picture& a, const Picture& b)
{
    if (a.channels == b.channels)
        return a.values == b.values;
    for (std::int64_t pixel = 0; pixel < a.width * a.height; ++pixel)
        for (std::int64_t c = 0; c < 3; ++c)
            if (valueAt(a, pixel, c) != valueAt(b, pixel, c))
                return false;
    return true;
}

Result<void> checkComparable(const Picture& a, const Picture& b, std::int64_t border)
{
    if (a.width != b.width || a.height != b.height)
        return inputError("the original has {} x {} pixels, the enlarged picture {} x {}", a.width,
                          a.height, b.width, b.height);
    if (std::max(a.width, a.height) > video::Frame::kLargestSide)
        return inputError("pictures of {} x {} pixels are not compared; the longest side is {}",
                          a.width, a.height, video::Frame::kLargestSide);
    if (border < 0 || std::min(a.width, a.height) <= 2 * border)
        return inputError("of {} x {} pixels none is left without a border of {}", a.width,
                          a.height, border);
    return {};
}

} // namespace

std::vector<std::uint8_t> lumaOf(const Picture& picture)
{
    std::vector<std::uint8_t> luma;
    const std::int64_t pixels = picture.width * picture.height;
    luma.reserve(static_cast<std::size_t>(pixels));
    for (std::int64_t i = 0; i < pixels; ++i) {
        const double red = valueAt(picture, i, 0) / 255.0, green = valueAt(picture, i, 1) / 255.0,
                     blue = valueAt(picture, i, 2) / 255.0;
        luma.push_back(static_cast<std::uint8_t>(
            std::nearbyint(65.481 * red + 128.553 * green + 24.966 * blue + 16.0)));
    }
    return luma;
}

Result<Quality> measured(const Picture& original, const Picture& enlarged, std::int64_t border,
                         int threads)
{
    VITRINE_CHECK(checkComparable(original, enlarged, border));
    const video::Frame reference = lumaFrame(original), test = lumaFrame(enlarged);
    const video::Rectangle inside{static_cast<int>(border), static_cast<int>(border),
                                  static_cast<int>(original.width - 2 * border),
                                  static_cast<int>(original.height - 2 * border)};
    const video::FrameError error = video::frameError(reference, test, inside, threads);
    Quality quality;
    quality.psnrY = error.psnr(0);
    quality.identicalY = error.exact();
    quality.ssimY = video::ssim(reference, test, 0, inside, threads);
    quality.psnrRgb = psnrOfColours(original, enlarged, border);
    quality.identical = areIdentical(original, enlarged);
    return quality;
}

std::string protocol(std::int64_t border)
{
    return fmt::format(
        "8-bit pictures enlarged in RGB; luma of BT.601 in its video range, rounded; {} pixels "
        "left "
        "out at each border; SSIM with a Gaussian window of 11 x 11; means over pictures of dB",
        border);
}

Result<Picture> cut(const Picture& picture, std::int64_t width, std::int64_t height)
{
    if (picture.width < width || picture.height < height)
        return inputError("a picture of {} x {} pixels cannot be cut to {} x {}", picture.width,
                          picture.height, width, height);
    Picture part{width, height, picture.channels, {}, picture.leftOut};
    for (std::int64_t y = 0; y < height; ++y) {
        const auto row = picture.values.begin() + y * picture.width * picture.channels;
        part.values.insert(part.values.end(), row, row + width * picture.channels);
    }
    return part;
}

} // namespace vitrine::superres
