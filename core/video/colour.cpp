#include "core/video/colour.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace vitrine::video
{
namespace
{

constexpr int kFraction = 16;
constexpr std::int64_t kHalf = std::int64_t{1} << (kFraction - 1);

std::int64_t fixedPoint(double value)
{
    return std::llround(value * (1 << kFraction));
}

// ITU-R BT.601, BT.709, BT.2020 (constant weights of R and B in luma), and the ranges of H.273.
struct Weights {
    double red, blue;
    double luma, chroma; // excursion of Y, and of Cb and Cr, for a full 0..255 signal
    int black;
};

Weights weightsOf(Colour colour)
{
    assert(colour.matrix != Matrix::unknown && colour.range != ColourRange::unknown);
    static constexpr double kRed[] = {0, 0.299, 0.2126, 0.2627};
    static constexpr double kBlue[] = {0, 0.114, 0.0722, 0.0593};
    const auto matrix = static_cast<std::size_t>(colour.matrix);
    if (colour.range == ColourRange::full)
        return {kRed[matrix], kBlue[matrix], 1.0, 1.0, 0};
    return {kRed[matrix], kBlue[matrix], 219.0 / 255, 224.0 / 255, 16};
}

std::uint8_t clipped(std::int64_t value)
{
    return static_cast<std::uint8_t>(std::clamp<std::int64_t>(value, 0, 255));
}

using Row3 = std::array<std::int64_t, 3>;

struct YuvMatrix {
    Row3 y, u, v;
};

// The last entry of each row makes up for rounding, so that greys stay exact: luma weights sum to
// the excursion, chroma to 0.
YuvMatrix yuvMatrix(const Weights& w)
{
    const double green = 1 - w.red - w.blue;
    YuvMatrix m{};
    m.y = {fixedPoint(w.red * w.luma), 0, fixedPoint(w.blue * w.luma)};
    m.y[1] = fixedPoint(w.luma) - m.y[0] - m.y[2];
    const double cb = w.chroma / (2 * (1 - w.blue)), cr = w.chroma / (2 * (1 - w.red));
    m.u = {fixedPoint(-w.red * cb), fixedPoint(-green * cb), 0};
    m.u[2] = -m.u[0] - m.u[1];
    m.v = {0, fixedPoint(-green * cr), fixedPoint(-w.blue * cr)};
    m.v[0] = -m.v[1] - m.v[2];
    return m;
}

std::int64_t dot(const Row3& row, const std::uint8_t* rgb)
{
    return row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2];
}

// The mean over the pixels that one chroma sample covers, rounded once.
std::uint8_t chromaOf(const RgbPicture& picture, const Row3& row, const SampleFormat& format, int x,
                      int y)
{
    const int x0 = x << format.shiftX(), y0 = y << format.shiftY();
    const int x1 = std::min(x0 + (1 << format.shiftX()), picture.width);
    const int y1 = std::min(y0 + (1 << format.shiftY()), picture.height);
    std::int64_t sum = 0;
    for (int py = y0; py < y1; ++py)
        for (int px = x0; px < x1; ++px)
            sum += dot(row, picture.pixel(px, py));
    const std::int64_t count = std::int64_t{x1 - x0} * (y1 - y0);
    const std::int64_t scale = count << kFraction;
    // 128 keeps the sum positive: division then rounds half up.
    return clipped((sum + scale * 128 + scale / 2) / scale);
}

// A plane's sample at a luma position by linear interpolation, in 1/16ths of a code value of 8
// bits.
class ChromaSampler
{
public:
    ChromaSampler(const Frame& frame, int plane) : frame_(frame), plane_(plane) {}

    std::int64_t at(int x, int y) const
    {
        const int sx = frame_.format().shiftX(), sy = frame_.format().shiftY();
        // Left-sited: chroma column c lies on luma column c << sx. Midway: chroma row r at (r +
        // 1/2) << sy, less 1/2.
        const int stepX = 1 << sx, fractionX = x & (stepX - 1);
        const int column = x >> sx;
        const int twice = 2 * y + 1 - (1 << sy); // in half rows, from the first chroma row's centre
        const int stepY = 2 << sy;
        const int row = twice >= 0 ? twice / stepY : (twice - stepY + 1) / stepY;
        const int fractionY = twice - row * stepY;
        const auto line = [&](int r) {
            return static_cast<std::int64_t>(value(column, r)) * (stepX - fractionX) +
                   static_cast<std::int64_t>(value(column + 1, r)) * fractionX;
        };
        const std::int64_t sum = line(row) * (stepY - fractionY) + line(row + 1) * fractionY;
        return sum * 16 / (std::int64_t{stepX} * stepY);
    }

private:
    int value(int column, int row) const
    {
        const int x = std::clamp(column, 0, frame_.width(plane_) - 1);
        const int y = std::clamp(row, 0, frame_.height(plane_) - 1);
        const int extra = frame_.format().bits - 8;
        const int sample = frame_.sample(plane_, x, y);
        return extra == 0 ? sample : std::min(255, (sample + (1 << (extra - 1))) >> extra);
    }
    const Frame& frame_;
    int plane_;
};

} // namespace

Frame toYuv(const RgbPicture& picture, Chroma chroma, Colour colour)
{
    Frame frame(picture.width, picture.height, {8, chroma}, colour);
    const Weights weights = weightsOf(colour);
    const YuvMatrix matrix = yuvMatrix(weights);
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x)
            frame.row(0, y)[x] = std::byte{clipped(
                ((dot(matrix.y, picture.pixel(x, y)) + kHalf) >> kFraction) + weights.black)};
    for (int plane = 1; plane < frame.format().planes(); ++plane)
        for (int y = 0; y < frame.height(plane); ++y)
            for (int x = 0; x < frame.width(plane); ++x)
                frame.row(plane, y)[x] = std::byte{
                    chromaOf(picture, plane == 1 ? matrix.u : matrix.v, frame.format(), x, y)};
    return frame;
}

RgbPicture toRgb(const Frame& frame, Colour colour)
{
    RgbPicture picture{frame.width(), frame.height(), {}};
    picture.samples.resize(3 * static_cast<std::size_t>(frame.width()) *
                           static_cast<std::size_t>(frame.height()));
    const Weights w = weightsOf(colour);
    const double green = 1 - w.red - w.blue;
    const std::int64_t luma = fixedPoint(1 / w.luma);
    const std::int64_t vToRed = fixedPoint(2 * (1 - w.red) / w.chroma);
    const std::int64_t uToBlue = fixedPoint(2 * (1 - w.blue) / w.chroma);
    const std::int64_t uToGreen = fixedPoint(-2 * (1 - w.blue) * w.blue / green / w.chroma);
    const std::int64_t vToGreen = fixedPoint(-2 * (1 - w.red) * w.red / green / w.chroma);
    const bool grey = frame.format().planes() == 1;
    const ChromaSampler uSampler(frame, grey ? 0 : 1), vSampler(frame, grey ? 0 : 2);
    const int extra = frame.format().bits - 8;
    for (int y = 0; y < frame.height(); ++y)
        for (int x = 0; x < frame.width(); ++x) {
            int sample = frame.sample(0, x, y);
            if (extra > 0)
                sample = std::min(255, (sample + (1 << (extra - 1))) >> extra);
            const std::int64_t base = luma * (sample - w.black) * 16;
            const std::int64_t u = grey ? 0 : uSampler.at(x, y) - 128 * 16;
            const std::int64_t v = grey ? 0 : vSampler.at(x, y) - 128 * 16;
            const auto rounded = [](std::int64_t value) {
                return clipped((value + 16 * kHalf) >> (kFraction + 4));
            };
            std::uint8_t* out = picture.pixel(x, y);
            out[0] = rounded(base + vToRed * v);
            out[1] = rounded(base + uToGreen * u + vToGreen * v);
            out[2] = rounded(base + uToBlue * u);
        }
    return picture;
}

} // namespace vitrine::video
