#include "core/quant/vision/released_layer_norm.h"

#include "core/quant/vision/rounding.h"

#include <algorithm>
#include <cassert>
#include <vector>

namespace vitrine::quant
{

namespace
{

float toEven(float x)
{
    return std::nearbyint(x);
}

} // namespace

ReleasedMultiplier releasedMultiplier(float magnitude)
{
    const float n = std::clamp(7 - std::floor(std::log2(magnitude)), 0.0f, 31.0f);
    const float m = std::clamp(std::floor(magnitude * std::exp2(n)), 0.0f, 255.0f);
    return {static_cast<int>(m), static_cast<int>(n)};
}

void ReleasedLayerNorm::row(std::span<const float> row, std::span<float> out) const
{
    assert(row.size() == inputScales.size() && out.size() == row.size());
    const auto channels = static_cast<float>(row.size());
    const float s1 = std::ranges::min(inputScales);
    std::vector<float> x;
    float sum = 0, squares = 0; // whole numbers
    for (std::size_t i = 0; i < row.size(); ++i) {
        x.push_back(toEven(row[i] / inputScales[i]) * toEven(inputScales[i] / s1));
        sum += x[i];
        squares += x[i] * x[i];
    }
    const float mean = sum / channels * s1;
    const float deviation = s1 / channels * std::sqrt(channels * squares - sum * sum);

    for (std::size_t i = 0; i < row.size(); ++i) {
        const float a = s1 / deviation * weight[i] / outputScale;
        if (!(std::abs(a) < INFINITY)) {
            out[i] = NAN;
            continue;
        }
        const auto [m, n] = releasedMultiplier(std::abs(a));
        const float unit = std::exp2(static_cast<float>(n));
        const float b = toEven((bias[i] - mean / deviation * weight[i]) / outputScale * unit);
        const float product = static_cast<float>(m) * x[i];
        out[i] = toEven(((a < 0 ? -product : product) + b) / unit) * outputScale;
    }
}

} // namespace vitrine::quant
