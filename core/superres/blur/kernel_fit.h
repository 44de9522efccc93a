#pragma once

#include "core/superres/blur/blur_kernel.h"
#include "core/superres/upscale/upscaler.h"

namespace vitrine::superres
{

struct KernelFit {
    double variance1 = 0, variance2 = 0, angle = 0; // as in gaussianKernel(); angle in +-pi/2
    BlurKernel kernel;                              // of these, 21 x 21
    double distance = 0;                            // variance of differences of log power
    std::int64_t tried = 0;                         // kernels
};

// The Gaussian blur that made a small picture, estimated from it alone [D]: pictures look alike at
// all sizes, so the picture's power spectrum should have the shape of that of the picture made
// `scale` times smaller once more. Compared are logarithms of the mean power of luma (Hann window,
// mean removed) in 16 rings of frequency x 8 directions by the variance of their differences; added
// are 0.02 times the mean variance and 0.05 times the squared logarithm of the variances' ratio,
// so that a round kernel is preferred.
//
// The picture is blurred already. What makes its spectrum that of its own reduction is therefore
// not the kernel k that it was made with but the part that frequencies s times lower have not lost
// to k: for a Gaussian, its variances times 1 - 1/s^2. The candidates are reduced with that; what
// is answered is k.
//
// A grid of 154 kernels (seven variances, eight angles), then steps of a half, a quarter, an eighth
// around the best. Of the middle at most 512 x 512 pixels are looked at. Always the same answer.
// Input error below 64 x scale pixels at a side and for pictures without detail.
//
// An estimate: of the kernels of S2R's tests on 13 pictures of Set14 (x2) it comes within 0.6 of
// both variances in 36 of 52 cases [M]; the direction of the long one is right within 0.25.
Result<KernelFit> fitKernel(const Image& low, std::int64_t scale, Sampling sampling,
                            const Progress& progress = {}, int threads = 0);

} // namespace vitrine::superres
