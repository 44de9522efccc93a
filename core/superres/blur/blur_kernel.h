#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace vitrine::superres
{

// What blurs a picture before it is sampled: side x side weights around the middle one, row by row,
// to the right and down. Their sum is 1. Stored as a point becomes it: blurring is a true
// convolution, which turns it by half.
struct BlurKernel {
    std::int64_t side = 1; // odd
    std::vector<double> values{1.0};

    double at(std::int64_t x, std::int64_t y) const
    {
        return values[static_cast<std::size_t>(y * side + x)];
    }
    friend bool operator==(const BlurKernel&, const BlurKernel&) = default;
};

inline constexpr std::int64_t kLargestKernel = 101; // side

// Divided by their sum. Argument error for an even side or one above kLargestKernel, another number
// of values, values that are not finite, and a sum that is not positive or all but cancels (below a
// thousandth of the sum of sizes).
Result<BlurKernel> blurKernel(std::int64_t side, std::vector<double> values);

// A Gaussian density at whole places: variances in pixels of the large picture along two axes, the
// first at `angle` radians from "right" towards "down". Argument error for variances outside
// 0.01..100 and sides that blurKernel() refuses. What lies outside the side is missing: see
// momentsOf() for what is left.
Result<BlurKernel> gaussianKernel(double variance1, double variance2, double angle,
                                  std::int64_t side = 21);

// About the middle.
struct KernelMoments {
    double meanX = 0, meanY = 0;
    double xx = 0, xy = 0, yy = 0; // covariance about the mean
};
KernelMoments momentsOf(const BlurKernel& kernel);

// The covariance along its axes: variance1 >= variance2, angle as in gaussianKernel(), in
// (-pi/2, pi/2]; 0 where both are equal.
struct KernelEllipse {
    double variance1 = 0, variance2 = 0, angle = 0;
};
KernelEllipse ellipseOf(const BlurKernel& kernel);

// How a blurred picture becomes small. direct: pixels 0, s, 2s, ... of each axis, so that pixel i
// of the small picture stands on pixel s i of the large one, (s - 1) / 2 pixels left of and above
// where resampling has it. bicubic: as resampled() of core/superres/picture/resampling.h.
enum class Sampling { direct, bicubic };

// The kernels that S2R is tested with (She et al. 2023, released files): 21 x 21.
struct TestKernel {
    std::string id; // "g02", "g20", "aniso", "g13"
    std::string about;
    BlurKernel kernel;
    Sampling sampling;
    double variance1, variance2, angle; // what it was made from
};
std::vector<TestKernel> testKernels();

} // namespace vitrine::superres
