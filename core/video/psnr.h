#pragma once

#include "core/video/frame.h"

#include <array>
#include <optional>

// Peak signal-to-noise ratio at the native bit depth: 10 log10(peak^2 / MSE), peak = 2^bits - 1.
namespace vitrine::video
{

// What an error of exactly 0 is shown as, beside the flag that says so (infinity has no place in a
// mean of frames).
inline constexpr double kExactPsnr = 100.0;
double psnr(double meanSquaredError, int peak); // dB

struct PlaneError {
    std::uint64_t squaredError = 0; // sum over samples; exact
    std::uint64_t samples = 0;
    double mean() const; // MSE; NaN without samples
};

struct FrameError {
    std::array<PlaneError, 3> planes{}; // Y, U, V; those that are not there have no samples
    int peak = 255;

    bool exact() const;
    double psnr(int plane) const; // NaN for a plane that is not there
    double
    meanAll() const; // MSE over all samples, planes weighted by their size (FFmpeg's mse_avg)
    double psnrAll() const; // of that (FFmpeg's psnr_avg)
    // (6 Y + U + V) / 8 in dB; luma alone where there is no chroma.
    double psnr611() const;
};

// Frames of one shape (assert). `region` in luma samples, inside the frame. `threads` as in
// parallelFor.
FrameError frameError(const Frame& reference, const Frame& test,
                      const std::optional<Rectangle>& region = {}, int threads = 0);

struct SampleDifference {
    int plane = 0, x = 0, y = 0;
    int reference = 0, test = 0;
    friend bool operator==(const SampleDifference&, const SampleDifference&) = default;
};
// In order of planes, rows, columns; nothing where all samples are equal.
std::optional<SampleDifference> firstDifference(const Frame& reference, const Frame& test);
std::string
toText(const SampleDifference& difference); // "Y (3, 4): 17 in the reference, 18 in the test"

} // namespace vitrine::video
