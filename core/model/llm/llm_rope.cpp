#include "core/model/llm/llm_rope.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vitrine::model
{
namespace
{

// Llama 3.1: long waves are stretched by `factor`, short ones kept, those between blended.
float scaled(float frequency, const Llama3Scaling& s)
{
    const auto context = static_cast<float>(s.originalContext);
    const auto low = static_cast<float>(s.lowFrequencyFactor),
               high = static_cast<float>(s.highFrequencyFactor);
    const auto factor = static_cast<float>(s.factor);
    const float wavelength = 2 * std::numbers::pi_v<float> / frequency;
    if (wavelength < context / high)
        return frequency;
    if (wavelength > context / low)
        return frequency / factor;
    const float smooth = (context / wavelength - low) / (high - low);
    return (1 - smooth) * frequency / factor + smooth * frequency;
}

} // namespace

std::vector<float> ropeFrequencies(const LlmConfig& config)
{
    std::vector<float> frequencies(static_cast<std::size_t>(config.headSize / 2));
    for (std::size_t d = 0; d < frequencies.size(); ++d) {
        const float exponent = static_cast<float>(2 * d) / static_cast<float>(config.headSize);
        frequencies[d] = 1.0f / std::pow(static_cast<float>(config.ropeTheta), exponent);
        if (config.ropeScaling)
            frequencies[d] = scaled(frequencies[d], *config.ropeScaling);
    }
    return frequencies;
}

RopeTable ropeTable(const std::vector<float>& frequencies, std::int64_t first, std::int64_t count)
{
    constexpr std::int64_t kRows = 128;
    const auto half = static_cast<std::int64_t>(frequencies.size());
    RopeTable table{.half = half, .cosine = {}, .sine = {}};
    table.cosine.resize(static_cast<std::size_t>(count * half));
    table.sine.resize(table.cosine.size());
    parallelFor(static_cast<std::size_t>((count + kRows - 1) / kRows), [&](std::size_t item) {
        const std::int64_t begin = static_cast<std::int64_t>(item) * kRows;
        for (std::int64_t t = begin; t < std::min(count, begin + kRows); ++t)
            for (std::int64_t d = 0; d < half; ++d) {
                const float angle =
                    static_cast<float>(first + t) * frequencies[static_cast<std::size_t>(d)];
                table.cosine[static_cast<std::size_t>(t * half + d)] = std::cos(angle);
                table.sine[static_cast<std::size_t>(t * half + d)] = std::sin(angle);
            }
    });
    return table;
}

} // namespace vitrine::model
