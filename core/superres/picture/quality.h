#pragma once

#include "core/base/result.h"
#include "core/picture/picture.h"

#include <cstdint>
#include <string>
#include <vector>

// How super-resolution is measured: on the luma of 8-bit pictures, without a border of `scale`
// pixels at each side, where nobody knows what lay outside.
//
// The whole picture is enlarged in red, green and blue and rounded; then its luma is compared with
// that of the original. So bicubic resampling reaches 33.65 / 30.39 / 28.42 dB on Set5 (x2, x3, x4)
// from the benchmark's own small pictures, SSIM 0.9293 / 0.8678 / 0.8102. The 33.66 / 30.39 / 28.42
// dB and 0.9299 / 0.8682 / 0.8104 of papers since SRCNN (Dong et al. 2014) come from luma alone:
// the rounded luma of the original, reduced without rounding, enlarged, rounded. Both are in the
// tests.
namespace vitrine::superres
{

// BT.601 luma in its video range, 16..235, rounded: round(65.481 R + 128.553 G + 24.966 B + 16) of
// R, G, B in 0..1. Grey is three equal channels. Row by row.
std::vector<std::uint8_t> lumaOf(const Picture& picture);

struct Quality {
    double psnrY = 0, psnrRgb = 0; // dB; kExactPsnr of core/video/psnr.h where nothing differs
    // Wang et al. 2004, of the luma: Gaussian window 11 x 11 of deviation 1.5, K1 = 0.01,
    // K2 = 0.03, windows wholly inside. NaN where less than 11 pixels are left.
    double ssimY = 0;
    bool identicalY = false; // the lumas inside the border
    bool identical = false;  // all bytes, border and colours too
};

// Input error where the sizes differ, nothing is left inside the border or a side is above 16384.
Result<Quality> measured(const Picture& original, const Picture& enlarged, std::int64_t border,
                         int threads = 0);

// The protocol in a sentence to stand beside the numbers.
std::string protocol(std::int64_t border);

// Without what is too much at the right and below. Pairs of a benchmark: the original is cut to the
// small picture's size times the scale. Input error for a picture that is smaller.
Result<Picture> cut(const Picture& picture, std::int64_t width, std::int64_t height);

} // namespace vitrine::superres
