#include "core/learning/nets/vision/depthwise_loop.h"

#include <algorithm>
#include <vector>

namespace vitrine::learning::loops
{
namespace
{

// A plane with its zero padding, seen as one long row: a tap of the kernel is then the same row at
// an offset, and even maps of 4 x 4 fill vectors. What falls into the padding columns is left out
// at the end.
class PaddedPlane
{
public:
    explicit PaddedPlane(const DepthwiseShape& s)
        : pitch_(s.width + s.kernel - 1),
          height_(s.height),
          width_(s.width),
          pad_(s.kernel / 2),
          values_(static_cast<size_t>((s.height + s.kernel - 1) * pitch_ + s.kernel), 0.0f)
    {
    }

    void fill(const float* plane)
    {
        for (int64_t row = 0; row < height_; ++row)
            std::copy_n(plane + row * width_, width_,
                        values_.data() + (row + pad_) * pitch_ + pad_);
    }

    int64_t length() const { return height_ * pitch_; }
    int64_t pitch() const { return pitch_; }
    const float* tap(int64_t row, int64_t column) const
    {
        return values_.data() + row * pitch_ + column;
    }

private:
    int64_t pitch_, height_, width_, pad_;
    std::vector<float> values_;
};

// out = start + sum over taps of weight * plane. `step` is 1, or -1 from the last weight on: the
// gradient.
void convolvePlane(const DepthwiseShape& s, const PaddedPlane& plane, const float* weight,
                   int64_t step, float start, float* scratch, float* out)
{
    const int64_t length = plane.length();
    std::fill_n(scratch, length, start);
    for (int64_t i = 0; i < s.kernel; ++i)
        for (int64_t j = 0; j < s.kernel; ++j) {
            const float w = *weight;
            const float* from = plane.tap(i, j);
            for (int64_t at = 0; at < length; ++at)
                scratch[at] += w * from[at];
            weight += step;
        }
    for (int64_t row = 0; row < s.height; ++row)
        std::copy_n(scratch + row * plane.pitch(), s.width, out + row * s.width);
}

// dWeight of each tap is the sum of dy * x under it. `spread` holds dy at the plane's pitch, zeros
// between.
void weightGradient(const DepthwiseShape& s, const PaddedPlane& plane, const float* spread,
                    float* dWeight)
{
    const int64_t length = plane.length();
    for (int64_t i = 0; i < s.kernel; ++i)
        for (int64_t j = 0; j < s.kernel; ++j) {
            const float* from = plane.tap(i, j);
            float sum = 0.0f;
            for (int64_t at = 0; at < length; ++at)
                sum += spread[at] * from[at];
            dWeight[i * s.kernel + j] += sum;
        }
}

} // namespace

void depthwise(const DepthwiseShape& s, const float* x, const float* weight, const float* bias,
               float* y)
{
    const int64_t pixels = s.height * s.width, taps = s.kernel * s.kernel;
    PaddedPlane plane(s);
    std::vector<float> scratch(static_cast<size_t>(plane.length()));
    for (int64_t i = 0; i < s.batch * s.channels; ++i) {
        const int64_t channel = i % s.channels;
        plane.fill(x + i * pixels);
        convolvePlane(s, plane, weight + channel * taps, 1, bias[channel], scratch.data(),
                      y + i * pixels);
    }
}

void depthwiseBackward(const DepthwiseShape& s, const float* x, const float* weight,
                       const float* dy, float* dx, float* dWeight, float* dBias)
{
    const int64_t pixels = s.height * s.width, taps = s.kernel * s.kernel;
    PaddedPlane plane(s), gradient(s);
    std::vector<float> scratch(static_cast<size_t>(plane.length()));
    std::vector<float> spread(scratch.size(), 0.0f);
    for (int64_t i = 0; i < s.batch * s.channels; ++i) {
        const int64_t channel = i % s.channels;
        const float* here = dy + i * pixels;
        for (int64_t row = 0; row < s.height; ++row)
            std::copy_n(here + row * s.width, s.width, spread.data() + row * plane.pitch());
        plane.fill(x + i * pixels);
        weightGradient(s, plane, spread.data(), dWeight + channel * taps);
        gradient.fill(here);
        convolvePlane(s, gradient, weight + channel * taps + taps - 1, -1, 0.0f, scratch.data(),
                      dx + i * pixels);
        float sum = 0.0f;
        for (int64_t at = 0; at < pixels; ++at)
            sum += here[at];
        dBias[channel] += sum;
    }
}

} // namespace vitrine::learning::loops
