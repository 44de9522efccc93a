#pragma once

#include "core/video/frame.h"

#include <array>
#include <optional>

// Structural similarity, Wang, Bovik, Sheikh, Simoncelli, 2004. Two measures of that name are
// common and differ; they are never mixed here.
namespace vitrine::video
{

// Gaussian window 11x11, sigma 1.5, K1 = 0.01, K2 = 0.03, L = peak, windows wholly inside the
// plane, mean. NaN where a side is below 11. `region` in luma samples.
double ssim(const Frame& reference, const Frame& test, int plane = 0,
            const std::optional<Rectangle>& region = {}, int threads = 0);

struct MultiScale {
    double ssim = 0;   // of the first scale: the same as ssim()
    double msSsim = 0; // NaN where a side is below 176 (= 11 * 2^4)
};
inline constexpr int kMsSsimSide = 176;
inline constexpr std::array<double, 5> kMsSsimWeights = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
// Wang, Simoncelli, Bovik, 2003: contrast * structure at scales 1-4, all three terms at scale 5;
// between scales the mean of 2x2 and decimation (an odd last row or column is left out). A negative
// mean counts as 0 before the power.
MultiScale multiScaleSsim(const Frame& reference, const Frame& test, int plane = 0,
                          const std::optional<Rectangle>& region = {}, int threads = 0);

// What FFmpeg's filter `ssim` computes: 8x8 windows at steps of 4 made of 4x4 sums, equal weights,
// partial blocks left out. Its C1 and C2 are those of sums over 64 samples. NaN where a side is
// below 8.
double ssimFfmpeg(const Frame& reference, const Frame& test, int plane = 0,
                  const std::optional<Rectangle>& region = {}, int threads = 0);

// Planes' values weighted by their number of samples, as FFmpeg's "All".
double ssimFfmpegAll(const Frame& reference, const std::array<double, 3>& planes);

// Gaussian SSIM of every window, (width - 10) x (height - 10), row by row; empty where a side is
// below 11.
std::vector<float> ssimMap(const Frame& reference, const Frame& test, int plane = 0,
                           int threads = 0);

} // namespace vitrine::video
