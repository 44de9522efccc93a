#pragma once

#include "core/superres/picture/pixel_rows.h"

#include <cstdint>
#include <vector>

// Resampling as MATLAB's imresize does it, by which super-resolution is measured: the centre of
// pixel i stands at i + 1/2; where a picture gets smaller the kernel is widened by the factor
// (antialiasing; `nearest` is not); pixels outside are reflected with the edge repeated; weights
// sum to 1. Rows first, then columns, in double, rounded once (MATLAB rounds 8-bit pictures between
// the two as well). core/learning/nets/superres does the same for training; the bytes are equal.
//
// Threads as in parallelFor; the result is equal for every number of them. Sizes from 1 on.
namespace vitrine::superres
{

// bicubic: Keys 1981 with a = -1/2. lanczos3: sinc(x) sinc(x/3) for |x| < 3.
enum class Filter { nearest, bilinear, bicubic, lanczos3 };

Picture resampled(const Picture& picture, std::int64_t width, std::int64_t height, Filter filter,
                  int threads = 0);
// Not clamped. pictureOf(resampled(imageOf(p), ...)) is resampled(p, ...), byte for byte.
Image resampled(const Image& image, std::int64_t width, std::int64_t height, Filter filter,
                int threads = 0);
void resample(const RowSource& source, std::int64_t width, std::int64_t height, Filter filter,
              const RowSink& sink, int threads = 0);

// What one sample is made of: weights of the samples from `first` on.
struct Taps {
    std::int64_t first = 0;
    std::vector<double> weights;
};
std::vector<Taps> tapsOf(std::int64_t from, std::int64_t to, Filter filter); // one axis; `to` items

} // namespace vitrine::superres
