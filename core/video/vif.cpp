#include "core/video/vif.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cassert>
#include <cfloat>
#include <cmath>
#include <span>

namespace vitrine::video
{
namespace
{

constexpr float kFilter17[] = {
    0.00745626912f, 0.0142655009f, 0.0250313189f, 0.0402820669f, 0.0594526194f, 0.0804751068f,
    0.0999041125f,  0.113746084f,  0.118773937f,  0.113746084f,  0.0999041125f, 0.0804751068f,
    0.0594526194f,  0.0402820669f, 0.0250313189f, 0.0142655009f, 0.00745626912f};
constexpr float kFilter9[] = {0.0189780835f, 0.0558981746f, 0.120920904f,
                              0.192116052f,  0.224173605f,  0.192116052f,
                              0.120920904f,  0.0558981746f, 0.0189780835f};
constexpr float kFilter5[] = {0.054488685f, 0.244201347f, 0.402619958f, 0.244201347f, 0.054488685f};
constexpr float kFilter3[] = {0.166378498f, 0.667243004f, 0.166378498f};
constexpr std::span<const float> kFilters[4] = {kFilter17, kFilter9, kFilter5, kFilter3};

struct Plane {
    int width, height;
    std::vector<float> values;
    Plane(int columns, int rows)
        : width(columns),
          height(rows),
          values(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows))
    {
    }
    float* row(int y) { return values.data() + std::ptrdiff_t{y} * width; }
    const float* row(int y) const { return values.data() + std::ptrdiff_t{y} * width; }
};

// The border is mirrored, the lower one with its last row twice.
int mirrored(int i, int size)
{
    return i < 0 ? -i : (i >= size ? 2 * size - i - 1 : i);
}

Plane filtered(const Plane& source, std::span<const float> filter, int threads)
{
    Plane result(source.width, source.height);
    const int taps = static_cast<int>(filter.size());
    parallelFor(
        static_cast<std::size_t>(source.height),
        [&](std::size_t row) {
            const int y = static_cast<int>(row);
            std::vector<float> column(static_cast<std::size_t>(source.width), 0.0f);
            for (int k = 0; k < taps; ++k) {
                const float* from = source.row(mirrored(y - taps / 2 + k, source.height));
                const float weight = filter[static_cast<std::size_t>(k)];
                for (std::size_t x = 0; x < column.size(); ++x)
                    column[x] += weight * from[x];
            }
            float* out = result.row(y);
            for (int x = 0; x < source.width; ++x) {
                float sum = 0;
                for (int k = 0; k < taps; ++k)
                    sum +=
                        filter[static_cast<std::size_t>(k)] *
                        column[static_cast<std::size_t>(mirrored(x - taps / 2 + k, source.width))];
                out[x] = sum;
            }
        },
        threads);
    return result;
}

Plane product(const Plane& a, const Plane& b)
{
    Plane result(a.width, a.height);
    for (std::size_t i = 0; i < result.values.size(); ++i)
        result.values[i] = a.values[i] * b.values[i];
    return result;
}

Plane everySecond(const Plane& source)
{
    Plane half(source.width / 2, source.height / 2);
    for (int y = 0; y < half.height; ++y)
        for (int x = 0; x < half.width; ++x)
            half.row(y)[x] = source.row(2 * y)[2 * x];
    return half;
}

struct Information {
    float test = 0, reference = 0; // bits
};

// One window. x: reference, y: test; g is the gain, noise what it does not explain.
Information information(float varianceX, float varianceY, float covariance)
{
    constexpr float kNoise = 2, kTiny = 1.0e-10f, kLargestGain = 100;
    varianceX = std::max(varianceX, 0.0f);
    varianceY = std::max(varianceY, 0.0f);
    covariance = std::max(covariance, 0.0f);
    float gain = covariance / (varianceX + kTiny);
    float noise = varianceY - gain * covariance;
    if (varianceX < kTiny) {
        gain = 0;
        noise = varianceY;
        varianceX = 0;
    }
    if (varianceY < kTiny) {
        gain = 0;
        noise = 0;
    }
    noise = std::max(noise, kTiny);
    gain = std::min(gain, kLargestGain);
    return {std::log2(1.0f + gain * gain * varianceX / (noise + kNoise)),
            std::log2(1.0f + varianceX / kNoise)};
}

double scaleScore(const Plane& x, const Plane& y, std::span<const float> filter, int threads)
{
    const Plane meanX = filtered(x, filter, threads), meanY = filtered(y, filter, threads);
    const Plane xx = filtered(product(x, x), filter, threads);
    const Plane yy = filtered(product(y, y), filter, threads);
    const Plane xy = filtered(product(x, y), filter, threads);
    std::vector<Information> rows(static_cast<std::size_t>(x.height));
    parallelFor(
        rows.size(),
        [&](std::size_t row) {
            const auto start = row * static_cast<std::size_t>(x.width);
            for (std::size_t i = start; i < start + static_cast<std::size_t>(x.width); ++i) {
                const float mx = meanX.values[i], my = meanY.values[i];
                const Information one = information(xx.values[i] - mx * mx, yy.values[i] - my * my,
                                                    xy.values[i] - mx * my);
                rows[row].test += one.test;
                rows[row].reference += one.reference;
            }
        },
        threads);
    Information all;
    for (const Information& row : rows) {
        all.test += row.test;
        all.reference += row.reference;
    }
    return all.reference <= FLT_EPSILON ? 1.0 : static_cast<double>(all.test / all.reference);
}

// Samples on the scale of 8 bits, less 128.
Plane lumaOf(const Frame& frame)
{
    Plane plane(frame.width(), frame.height());
    const float factor = 1.0f / static_cast<float>(1 << (frame.format().bits - 8));
    for (int y = 0; y < plane.height; ++y)
        for (int x = 0; x < plane.width; ++x)
            plane.row(y)[x] = static_cast<float>(frame.sample(0, x, y)) * factor - 128.0f;
    return plane;
}

} // namespace

Vif vif(const Frame& reference, const Frame& test, int threads)
{
    assert(reference.sameShape(test));
    Vif result;
    result.scales.fill(std::nan(""));
    if (std::min(reference.width(), reference.height()) < kVifSide)
        return result;
    Plane x = lumaOf(reference), y = lumaOf(test);
    for (std::size_t scale = 0; scale < 4; ++scale) {
        if (scale > 0) {
            x = everySecond(filtered(x, kFilters[scale], threads));
            y = everySecond(filtered(y, kFilters[scale], threads));
        }
        result.scales[scale] = scaleScore(x, y, kFilters[scale], threads);
    }
    return result;
}

} // namespace vitrine::video
