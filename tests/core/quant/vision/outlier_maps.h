#pragma once

#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace vitrine::tests
{

inline double hardSwish(double x)
{
    return x * std::clamp(x + 3, 0.0, 6.0) / 6;
}

// What a depthwise convolution of EfficientViT reads, synthetic: Hardswish of channels whose
// spreads lie log-uniformly over a factor of 2^8. [pixels, channels]
inline std::vector<float> outlierMap(std::size_t pixels, std::size_t channels, std::uint64_t seed)
{
    Random random(seed);
    std::vector<double> spreads(channels);
    for (double& spread : spreads)
        spread = std::exp2(8 * random.uniform() - 4);
    std::vector<float> map;
    for (std::size_t i = 0; i < pixels * channels; ++i)
        map.push_back(static_cast<float>(hardSwish(random.normal() * spreads[i % channels])));
    return map;
}

// 10 log10 of the signal's energy over that of the error, dB.
inline double signalToNoise(const std::vector<float>& signal, const std::vector<double>& decoded)
{
    double energy = 0, noise = 0;
    for (std::size_t i = 0; i < signal.size(); ++i) {
        energy += signal[i] * static_cast<double>(signal[i]);
        noise += std::pow(signal[i] - decoded[i], 2);
    }
    return 10 * std::log10(energy / noise);
}

} // namespace vitrine::tests
