#pragma once

#include "core/video/frame.h"

#include <array>

// Visual information fidelity of luma in the pixel domain (Sheikh & Bovik, 2006), exactly as
// FFmpeg's filter `vif` computes it: four scales, separable windows of 17, 9, 5 and 3 taps, noise
// variance 2, single precision in the same order.
namespace vitrine::video
{

struct Vif {
    std::array<double, 4> scales{}; // FFmpeg's lavfi.vif.scale.0 .. 3: information of the test over
                                    // that of the reference
    double mean() const { return (scales[0] + scales[1] + scales[2] + scales[3]) / 4; }
};

// Frames of one shape. Samples of more than 8 bits are brought to the scale of 8, as in the filter.
// All NaN where a side is below 16: a window of some scale would reach beyond the mirrored border.
inline constexpr int kVifSide = 16;
Vif vif(const Frame& reference, const Frame& test, int threads = 0);

} // namespace vitrine::video
