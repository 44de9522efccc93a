#pragma once

#include "core/video/frame.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

// Frames and their differences as pictures for a screen, and what a player shows about them. Pure
// functions, any thread.
namespace vitrine::video
{

// Pixels 0xffRRGGBB (QImage::Format_RGB32), rows close together.
struct Picture {
    int width = 0, height = 0;
    std::vector<std::uint32_t> pixels;
    std::uint32_t* row(int y) { return pixels.data() + std::ptrdiff_t{y} * width; }
    const std::uint32_t* row(int y) const { return pixels.data() + std::ptrdiff_t{y} * width; }
};

// A part of the frame, in luma samples with (0, 0) at the outer corner of the first, shown on a
// target of whole pixels. Parts outside the frame repeat its border. Along each axis, a target
// pixel shows the sample under its middle; or, where `smooth` and the axis is reduced, the mean
// over the samples that it covers.
struct Window {
    double x = 0, y = 0, width = 0, height = 0; // above 0
    int targetWidth = 0, targetHeight = 0;      // 1 to Frame::kLargestSide
    bool smooth = true;
};
Window wholeFrame(const Frame& frame, int targetWidth, int targetHeight);

// By the frame's matrix and range (assumed() where it names none), in whole numbers: the same on
// every machine. Chroma is sited left horizontally, midway vertically (as MPEG-2), interpolated
// linearly; where the target is reduced so far that a pixel covers more than one chroma sample, it
// is their mean. Within 1 code value of exact arithmetic; greys are exact.
Picture rgbPicture(const Frame& frame, const Window& window);

// d = a - b, in 8-bit units at every depth; reduced targets show the mean of d, or of |d|.
enum class DifferenceMode {
    signedGrey, // 128 + d x gain
    absolute,   // |d| x gain
    heat        // heat[|d| x gain]
};
// Frames of one shape (assert); `plane` below their planes. Products are rounded to the nearest and
// clipped to 0..255. `heat`: 256 pixels, from no error to 255 / gain; greys where it is empty.
Picture differencePicture(const Frame& a, const Frame& b, int plane, DifferenceMode mode,
                          double gain, const Window& window,
                          std::span<const std::uint32_t> heat = {});

// Squares of luma; those at the right and bottom border may be smaller.
struct BlockMap {
    int columns = 0, rows = 0, size = 16;
    std::vector<float> values; // row by row
};
BlockMap blockPsnr(const Frame& reference, const Frame& test, int size = 16); // exact: kExactPsnr
// Mean over the Gaussian windows (ssim.h) whose middles lie in the block; NaN where there is none.
BlockMap blockSsim(const Frame& reference, const Frame& test, int size = 16);

// How often each value occurs: counts[plane][value], 2^bits of them, none for planes that are not
// there.
struct Histogram {
    std::array<std::vector<std::uint32_t>, 3> counts;
};
Histogram histogram(const Frame& frame);

// Values against their place: column c counts the samples of the plane's columns that fall to c of
// `columns` equal shares, by level from 0 (black) to levels - 1 (peak). counts[level * columns +
// c].
struct Waveform {
    int columns = 0, levels = 0;
    std::vector<std::uint32_t> counts;
};
Waveform waveform(const Frame& frame, int plane, int columns, int levels);

} // namespace vitrine::video
