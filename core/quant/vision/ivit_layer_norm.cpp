#include "core/quant/vision/ivit_layer_norm.h"

#include <cassert>

namespace vitrine::quant
{

namespace
{

std::vector<float> timesRootOfCount(std::span<const float> weight)
{
    const double root = std::sqrt(static_cast<double>(weight.size()));
    std::vector<float> scaled;
    for (const float w : weight)
        scaled.push_back(static_cast<float>(w * root));
    return scaled;
}

std::int64_t nearestMean(std::int64_t sum, std::int64_t count)
{
    const std::int64_t doubled = 2 * sum + count, by = 2 * count;
    return doubled / by - (doubled % by < 0 ? 1 : 0);
}

} // namespace

IvitRoot ivitRoot(std::int64_t v, int rounds)
{
    std::int64_t k = 1 << 16;
    for (int i = 0; i < rounds && k > 0; ++i)
        k = (k + v / k) / 2;
    return {k, (k - 1) * (k - 1) <= v && v < (k + 1) * (k + 1)};
}

Result<void> IvitLayerNorm::check(const CodeGrid& input, const CodeGrid& output,
                                  std::span<const float> weight, std::span<const float> bias)
{
    return IntegerLayerNorm::check(input, output, timesRootOfCount(weight), bias);
}

IvitLayerNorm::IvitLayerNorm(const CodeGrid& input, const CodeGrid& output,
                             std::span<const float> weight, std::span<const float> bias, int rounds)
    : prepared_(input, output, timesRootOfCount(weight), bias), rounds_(rounds)
{
    assert(rounds >= 1 && rounds <= 64);
}

bool IvitLayerNorm::row(std::span<const std::int8_t> codes, std::span<std::int8_t> out) const
{
    const IntegerLayerNormTables& t = prepared_.tables();
    assert(codes.size() == t.shifts.size() && out.size() == codes.size());
    const auto wide = [&](std::size_t i) { return std::int64_t{codes[i]} * (1 << t.shifts[i]); };
    std::int64_t sum = 0, squares = 0;
    for (std::size_t i = 0; i < codes.size(); ++i)
        sum += wide(i);
    const std::int64_t mean = nearestMean(sum, static_cast<std::int64_t>(codes.size()));
    for (std::size_t i = 0; i < codes.size(); ++i)
        squares += (wide(i) - mean) * (wide(i) - mean);

    const IvitRoot root = ivitRoot(squares, rounds_);
    const std::int64_t factor = squares == 0 ? 0 : ((std::int64_t{1} << 31) - 1) / root.root;
    constexpr int kPoint = IntegerLayerNorm::kFractionBits;
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::int64_t y = ((wide(i) - mean) * factor) >> 1;
        // y / 2^30 times weight, with kPoint digits behind the point: never to the left, as
        // weights are below 2^14 steps and their factors have 16 bits.
        const int right = 30 - kPoint - t.exponents[i];
        const std::int64_t product = (y * t.factors[i]) >> right;
        out[i] =
            static_cast<std::int8_t>(std::clamp((product + t.offsets[i]) >> kPoint, t.low, t.high));
    }
    return squares == 0 || root.converged;
}

} // namespace vitrine::quant
