#include "core/learning/nets/vision/batch_norm_loop.h"

#include <algorithm>
#include <cmath>

namespace vitrine::learning::loops
{
namespace
{

float hardswish(float z)
{
    return z * std::min(std::max(z + 3.0f, 0.0f), 6.0f) * (1.0f / 6.0f);
}

float hardswishSlope(float z)
{
    const float between = z * (1.0f / 3.0f) + 0.5f;
    return z <= -3.0f ? 0.0f : z >= 3.0f ? 1.0f : between;
}

// z = scale * x + offset is the normalised value with weight and bias.
struct NormLine {
    float scale, offset;
};

NormLine normLine(const BatchNormShape& s, int64_t channel, const float* weight, const float* bias,
                  const float* mean, const float* variance)
{
    const float scale = weight[channel] / std::sqrt(variance[channel] + s.epsilon);
    return {scale, bias[channel] - mean[channel] * scale};
}

template <bool activation>
void applyLine(const NormLine& line, const float* x, int64_t pixels, float* y)
{
    for (int64_t i = 0; i < pixels; ++i) {
        const float z = line.scale * x[i] + line.offset;
        y[i] = activation ? hardswish(z) : z;
    }
}

// Sums of the gradient before the activation, and of it times (x - mean).
struct NormSums {
    double plain = 0.0, byDeviation = 0.0;
};

template <bool activation>
void addSums(const NormLine& line, float mean, const float* x, const float* dy, int64_t pixels,
             NormSums& sums)
{
    float plain = 0.0f, byDeviation = 0.0f;
    for (int64_t i = 0; i < pixels; ++i) {
        const float g =
            activation ? dy[i] * hardswishSlope(line.scale * x[i] + line.offset) : dy[i];
        plain += g;
        byDeviation += g * (x[i] - mean);
    }
    sums.plain += plain;
    sums.byDeviation += byDeviation;
}

// dx = scale * (g - mean of g - (x - mean) / (variance + epsilon) * mean of g (x - mean)).
template <bool activation>
void inputGradient(const NormLine& line, float mean, float meanGradient, float perDeviation,
                   const float* x, const float* dy, int64_t pixels, float* dx)
{
    for (int64_t i = 0; i < pixels; ++i) {
        const float g =
            activation ? dy[i] * hardswishSlope(line.scale * x[i] + line.offset) : dy[i];
        dx[i] = line.scale * (g - meanGradient - (x[i] - mean) * perDeviation);
    }
}

template <bool activation>
void batchNormBackwardOf(const BatchNormShape& s, const float* x, const float* weight,
                         const float* bias, const float* mean, const float* variance,
                         const float* dy, float* dx, float* dWeight, float* dBias)
{
    const double count = static_cast<double>(s.batch * s.pixels);
    for (int64_t c = 0; c < s.channels; ++c) {
        const NormLine line = normLine(s, c, weight, bias, mean, variance);
        const auto at = [&](int64_t image) { return (image * s.channels + c) * s.pixels; };
        NormSums sums;
        for (int64_t image = 0; image < s.batch; ++image)
            addSums<activation>(line, mean[c], x + at(image), dy + at(image), s.pixels, sums);
        const double spread = static_cast<double>(variance[c]) + s.epsilon;
        dBias[c] = static_cast<float>(sums.plain);
        dWeight[c] = static_cast<float>(sums.byDeviation / std::sqrt(spread));
        const auto meanGradient = static_cast<float>(sums.plain / count);
        const auto perDeviation = static_cast<float>(sums.byDeviation / (count * spread));
        for (int64_t image = 0; image < s.batch; ++image)
            inputGradient<activation>(line, mean[c], meanGradient, perDeviation, x + at(image),
                                      dy + at(image), s.pixels, dx + at(image));
    }
}

} // namespace

void batchNorm(const BatchNormShape& s, const float* x, const float* weight, const float* bias,
               float* mean, float* variance, float* y)
{
    const double count = static_cast<double>(s.batch * s.pixels);
    for (int64_t c = 0; c < s.channels; ++c) {
        const auto at = [&](int64_t image) { return (image * s.channels + c) * s.pixels; };
        double sum = 0.0;
        for (int64_t image = 0; image < s.batch; ++image) {
            float part = 0.0f;
            for (int64_t i = 0; i < s.pixels; ++i)
                part += x[at(image) + i];
            sum += part;
        }
        const auto middle = static_cast<float>(sum / count);
        double squares = 0.0;
        for (int64_t image = 0; image < s.batch; ++image) {
            float part = 0.0f;
            for (int64_t i = 0; i < s.pixels; ++i) {
                const float deviation = x[at(image) + i] - middle;
                part += deviation * deviation;
            }
            squares += part;
        }
        mean[c] = middle;
        variance[c] = static_cast<float>(squares / count);
        const NormLine line = normLine(s, c, weight, bias, mean, variance);
        for (int64_t image = 0; image < s.batch; ++image) {
            if (s.activation)
                applyLine<true>(line, x + at(image), s.pixels, y + at(image));
            else
                applyLine<false>(line, x + at(image), s.pixels, y + at(image));
        }
    }
}

void batchNormBackward(const BatchNormShape& s, const float* x, const float* weight,
                       const float* bias, const float* mean, const float* variance, const float* dy,
                       float* dx, float* dWeight, float* dBias)
{
    if (s.activation)
        batchNormBackwardOf<true>(s, x, weight, bias, mean, variance, dy, dx, dWeight, dBias);
    else
        batchNormBackwardOf<false>(s, x, weight, bias, mean, variance, dy, dx, dWeight, dBias);
}

} // namespace vitrine::learning::loops
