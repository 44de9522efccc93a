#pragma once

#include "core/superres/blur/blur_kernel.h"
#include "core/superres/picture/pixel_rows.h"

namespace vitrine::superres
{

// The small picture that a camera with this kernel would have seen: the true convolution with the
// kernel, pixels outside reflected with the edge repeated, then every `scale`th pixel or bicubic
// resampling. In double, rounded once. Argument error for sides that are no multiples of the scale
// (see cut() of core/superres/picture/quality.h) and scales below 1. Threads as in parallelFor;
// equal for every number of them.
Result<Picture> degraded(const Picture& picture, const BlurKernel& kernel, std::int64_t scale,
                         Sampling sampling, int threads = 0);
// Not clamped.
Result<Image> degraded(const Image& image, const BlurKernel& kernel, std::int64_t scale,
                       Sampling sampling, int threads = 0);
// Sides must be multiples of the scale.
void degrade(const RowSource& source, const BlurKernel& kernel, std::int64_t scale,
             Sampling sampling, const RowSink& sink, int threads = 0);

} // namespace vitrine::superres
