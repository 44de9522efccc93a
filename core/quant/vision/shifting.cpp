#include "core/quant/vision/shifting.h"

#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace vitrine::quant
{
namespace
{

// sum over the taps of one output that lie within the picture; `filter` [channels of a group,
// taps].
double convolvedCentres(const kernels::ConvolutionShape& shape, const double* filter,
                        std::span<const double> centres, std::int64_t row, std::int64_t column)
{
    const auto channels = static_cast<std::int64_t>(centres.size());
    const std::int64_t taps = shape.kernelHeight * shape.kernelWidth;
    double sum = 0;
    for (std::int64_t tap = 0; tap < taps; ++tap) {
        const std::int64_t y = row * shape.strideHeight - shape.top + tap / shape.kernelWidth,
                           x = column * shape.strideWidth - shape.left + tap % shape.kernelWidth;
        if (y < 0 || y >= shape.inHeight || x < 0 || x >= shape.inWidth)
            continue;
        for (std::int64_t channel = 0; channel < channels; ++channel)
            sum += centres[static_cast<std::size_t>(channel)] * filter[channel * taps + tap];
    }
    return sum;
}

} // namespace

Result<std::vector<double>> centresOf(std::span<const ValueRange> channels)
{
    std::vector<double> centres;
    for (std::size_t channel = 0; channel < channels.size(); ++channel) {
        const ValueRange& range = channels[channel];
        if (range.isEmpty() || !range.isFinite)
            return inputError("channel {} has {} and no centre", channel,
                              range.isFinite ? "no values" : "NaN or infinity");
        centres.push_back((range.high + range.low) / 2);
    }
    return centres;
}

void subtractCentres(std::span<float> map, std::span<const double> centres)
{
    assert(!centres.empty() && map.size() % centres.size() == 0);
    for (std::size_t i = 0; i < map.size(); ++i)
        map[i] = static_cast<float>(map[i] - centres[i % centres.size()]);
}

std::vector<double> shiftedBias(std::span<const double> bias, std::span<const double> weights,
                                std::span<const double> centres)
{
    assert(!centres.empty() && weights.size() % centres.size() == 0);
    const auto outputs = static_cast<std::int64_t>(weights.size() / centres.size());
    auto shape =
        kernels::linearAsConvolution(1, static_cast<std::int64_t>(centres.size()), outputs);
    return shiftedBiasMap(shape, bias, weights, centres);
}

std::vector<double> shiftedBiasMap(const kernels::ConvolutionShape& shape,
                                   std::span<const double> bias, std::span<const double> weights,
                                   std::span<const double> centres)
{
    const auto outputs = static_cast<std::size_t>(shape.outChannels);
    const auto channels = static_cast<std::size_t>(shape.inChannels / shape.groups);
    const std::size_t size = weights.size() / outputs; // of one filter
    assert(centres.size() == static_cast<std::size_t>(shape.inChannels));
    assert(size * outputs == weights.size() &&
           size == channels * static_cast<std::size_t>(shape.kernelHeight * shape.kernelWidth));
    assert(bias.empty() || bias.size() == outputs);
    const std::size_t perGroup = outputs / static_cast<std::size_t>(shape.groups);
    std::vector<double> map;
    for (std::int64_t row = 0; row < shape.outHeight; ++row)
        for (std::int64_t column = 0; column < shape.outWidth; ++column)
            for (std::size_t output = 0; output < outputs; ++output)
                map.push_back(
                    (bias.empty() ? 0 : bias[output]) +
                    convolvedCentres(shape, weights.data() + output * size,
                                     centres.subspan(output / perGroup * channels, channels), row,
                                     column));
    return map;
}

Result<std::vector<std::int32_t>> accumulatorBias(std::span<const double> bias,
                                                  std::span<const std::int32_t> weightCodes,
                                                  std::span<const CodeGrid> weightGrids,
                                                  const CodeGrid& inputGrid)
{
    const std::size_t outputs = weightGrids.size(), inputs = weightCodes.size() / outputs;
    assert(bias.size() == outputs && inputs * outputs == weightCodes.size());
    std::vector<std::int32_t> starts;
    for (std::size_t output = 0; output < outputs; ++output) {
        const auto row = weightCodes.subspan(output * inputs, inputs);
        const std::int64_t sum = std::accumulate(row.begin(), row.end(), std::int64_t{0});
        const double start = rounded(bias[output] / (inputGrid.scale * weightGrids[output].scale),
                                     Rounding::halfUp) -
                             static_cast<double>(inputGrid.zero * sum);
        if (!(std::abs(start) <= std::numeric_limits<std::int32_t>::max()))
            return inputError("the bias of output {} is {} steps of its accumulator, more than 32 "
                              "bits hold",
                              output, start);
        starts.push_back(static_cast<std::int32_t>(start));
    }
    return starts;
}

} // namespace vitrine::quant
