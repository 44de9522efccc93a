#pragma once

#include "core/superres/blur/blur_kernel.h"
#include "core/superres/upscale/upscaler.h"

namespace vitrine::superres
{

struct BackProjected {
    Image image; // 0..1
    // Root mean square of what the low picture and the reduced large one differ by, in 0..1: before
    // the first step and after each, steps + 1 values.
    std::vector<double> residuals;
};

// Irani and Peleg 1991, as S2R ends (She et al. 2023): `steps` times the large picture y gains
// up(low - down(y)) and is clamped to 0..1. down: blurred with the kernel and sampled; up: bicubic
// resampling. Argument error where a side of y is no whole multiple of the low picture's, the same
// for both.
//
// With Sampling::direct the low picture's pixels stand on pixels 0, s, 2s, ... while bicubic
// resampling has them (s - 1) / 2 further right and down, in the paper's program too. Three or four
// times with a wide kernel (variance 4), the steps may therefore lead away: the residuals show it.
Result<BackProjected> backProjected(Image y, const Image& low, const BlurKernel& kernel,
                                    Sampling sampling, int steps, const Progress& progress = {},
                                    int threads = 0);

// Of a large picture alone: 0 where, reduced, it is the low one. In 0..1; errors as above.
Result<double> residualOf(const Image& y, const Image& low, const BlurKernel& kernel,
                          Sampling sampling, int threads = 0);

} // namespace vitrine::superres
