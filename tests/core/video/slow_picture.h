#pragma once

#include "core/video/picture.h"

#include <algorithm>
#include <cmath>

// Pictures pixel by pixel in double precision, by the definitions of picture.h: the judge.
namespace vitrine::tests
{

using video::Colour;
using video::ColourRange;
using video::DifferenceMode;
using video::Frame;
using video::Picture;
using video::Window;

// A plane seen through one axis of a window.
struct Axis {
    double start, step; // luma samples
    int shift;          // of the plane along this axis
    double site;        // where the first chroma sample's middle lies, less half its extent
    bool smooth;
    int size;  // of the plane
    int whole; // of luma

    bool reduced() const { return smooth && step > 1; }
    // In samples of the plane: sample c covers [c, c + 1).
    double place(double luma) const { return (luma - site) / (1 << shift); }
};

template <typename Value>
double along(const Axis& axis, int target, bool linear, const Value& value)
{
    const auto at = [&](double index) {
        return value(static_cast<int>(std::clamp(index, 0.0, axis.size - 1.0)));
    };
    double middle = axis.start + (target + 0.5) * axis.step;
    if (!axis.reduced())
        middle = std::clamp(std::floor(middle), 0.0, axis.whole - 1.0) + 0.5;
    const double extent = axis.step / (1 << axis.shift);
    if (axis.reduced() && extent > 1) {
        const double from = axis.place(axis.start + target * axis.step), to = from + extent;
        double sum = 0;
        for (double c = std::floor(from); c < to; ++c)
            sum += (std::min(c + 1, to) - std::max(c, from)) * at(c);
        return sum / extent;
    }
    if (!linear)
        return at(std::floor(axis.place(middle)));
    const double index = axis.place(middle) - 0.5, lower = std::floor(index);
    return (1 - (index - lower)) * at(lower) + (index - lower) * at(lower + 1);
}

// The plane's value at a target pixel, in its own units.
template <typename Value>
double valueAt(const Frame& frame, int plane, const Window& w, int x, int y, bool linear,
               const Value& value)
{
    const int sx = plane == 0 ? 0 : frame.format().shiftX();
    const int sy = plane == 0 ? 0 : frame.format().shiftY();
    const Axis across{w.x,      w.width / w.targetWidth, sx,           0.5 - 0.5 * (1 << sx),
                      w.smooth, frame.width(plane),      frame.width()};
    const Axis down{w.y,           w.height / w.targetHeight, sy, 0, w.smooth, frame.height(plane),
                    frame.height()};
    return along(down, y, linear && plane > 0, [&](int row) {
        return along(across, x, linear && plane > 0,
                     [&](int column) { return value(column, row); });
    });
}

inline std::uint32_t pixel(double r, double g, double b)
{
    const auto code = [](double v) {
        return static_cast<std::uint32_t>(std::clamp(std::floor(v + 0.5), 0.0, 255.0));
    };
    return 0xff000000u | code(r) << 16 | code(g) << 8 | code(b);
}

inline Picture slowRgbPicture(const Frame& frame, const Window& window)
{
    Picture picture{window.targetWidth, window.targetHeight, {}};
    picture.pixels.resize(static_cast<std::size_t>(picture.width) *
                          static_cast<std::size_t>(picture.height));
    const Colour colour = assumed(frame.colour, frame.height());
    static constexpr double kRed[] = {0, 0.299, 0.2126, 0.2627};
    static constexpr double kBlue[] = {0, 0.114, 0.0722, 0.0593};
    const double red = kRed[static_cast<int>(colour.matrix)];
    const double blue = kBlue[static_cast<int>(colour.matrix)], green = 1 - red - blue;
    const double unit = 1 << (frame.format().bits - 8);
    const bool full = colour.range == ColourRange::full;
    const double luma = full ? frame.format().peak() : 219 * unit;
    const double chroma = full ? frame.format().peak() : 224 * unit;
    const double black = full ? 0 : 16 * unit;
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x) {
            double yuv[3] = {0, 128 * unit, 128 * unit};
            for (int plane = 0; plane < frame.format().planes(); ++plane)
                yuv[plane] = valueAt(frame, plane, window, x, y, true, [&](int column, int row) {
                    return frame.sample(plane, column, row);
                });
            const double l = (yuv[0] - black) / luma;
            const double cb = (yuv[1] - 128 * unit) / chroma, cr = (yuv[2] - 128 * unit) / chroma;
            const double r = l + 2 * (1 - red) * cr, b = l + 2 * (1 - blue) * cb;
            picture.row(y)[x] = pixel(255 * r, 255 * (l - red * r - blue * b) / green, 255 * b);
        }
    return picture;
}

inline Picture slowDifferencePicture(const Frame& a, const Frame& b, int plane, DifferenceMode mode,
                                     double gain, const Window& window,
                                     std::span<const std::uint32_t> heat)
{
    Picture picture{window.targetWidth, window.targetHeight, {}};
    picture.pixels.resize(static_cast<std::size_t>(picture.width) *
                          static_cast<std::size_t>(picture.height));
    const double unit = 1 << (a.format().bits - 8);
    const bool isSigned = mode == DifferenceMode::signedGrey;
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x) {
            const double d = valueAt(a, plane, window, x, y, false, [&](int column, int row) {
                const int difference = a.sample(plane, column, row) - b.sample(plane, column, row);
                return isSigned ? difference : std::abs(difference);
            });
            const double value = (isSigned ? 128 : 0) + gain * d / unit;
            const std::uint32_t grey = pixel(value, value, value);
            picture.row(y)[x] =
                mode == DifferenceMode::heat && !heat.empty() ? heat[grey & 255] : grey;
        }
    return picture;
}

} // namespace vitrine::tests
