#include "core/learning/nets/codec/integer_hyper.h"

#include "core/learning/nets/codec/layers.h"

#include <algorithm>
#include <cmath>

namespace vitrine::learning::codec
{

using torch::Tensor;

namespace
{

constexpr double kRoom = 8.0;
constexpr int kMostFractionBits = 12;

int16_t heldIn16(int64_t value)
{
    return static_cast<int16_t>(std::clamp<int64_t>(value, INT16_MIN, INT16_MAX));
}

int16_t scaledDown(int64_t sum, int shift)
{
    if (shift <= 0)
        return heldIn16(sum * (int64_t{1} << -shift));
    return heldIn16((sum + (int64_t{1} << (shift - 1))) >> shift);
}

// Bits of fraction that fill int8 with the largest of some weights.
int weightBits(double largest)
{
    if (!(largest > 0.0))
        return 7;
    return std::clamp(static_cast<int>(std::floor(std::log2(127.49 / largest))), -8, 20);
}

// weight: out x in x k x k, on the grid of fractions that `inputBits` and each output's own bits
// give.
IntegerLayer integerLayer(const Tensor& weight, const Tensor& bias, int inputBits, int outputBits)
{
    IntegerLayer layer;
    layer.out = weight.size(0);
    layer.in = weight.size(1);
    layer.doubles = weight.size(2) == 4;
    const Tensor rows = weight.to(torch::kDouble).flatten(1).contiguous();
    const Tensor offsets = bias.to(torch::kDouble).contiguous();
    for (int64_t out = 0; out < layer.out; ++out) {
        const double* row = rows.data_ptr<double>() + out * rows.size(1);
        double largest = 0.0;
        for (int64_t i = 0; i < rows.size(1); ++i)
            largest = std::max(largest, std::abs(row[i]));
        const int bits = weightBits(largest);
        for (int64_t i = 0; i < rows.size(1); ++i)
            layer.weights.push_back(static_cast<int8_t>(std::lround(std::ldexp(row[i], bits))));
        const double offset = std::ldexp(offsets.data_ptr<double>()[out], bits + inputBits);
        layer.biases.push_back(
            static_cast<int32_t>(std::lround(std::clamp(offset, -0x1p29, 0x1p29))));
        layer.shifts.push_back(static_cast<int8_t>(bits + inputBits - outputBits));
    }
    return layer;
}

// Hyper latents as the tables expect them: pictures x 32 x 12 x 12, the same every time.
Tensor likelyLatents(const std::vector<Table>& tables)
{
    Chance chance(7, 0);
    const int64_t pictures = 8, side = 12;
    Tensor all = torch::empty({pictures, static_cast<int64_t>(tables.size()), side, side});
    for (int64_t picture = 0; picture < pictures; ++picture)
        for (size_t channel = 0; channel < tables.size(); ++channel)
            for (int64_t i = 0; i < side * side; ++i) {
                const Table& table = tables[channel];
                int64_t at = chance.below(kFrequencySum);
                int symbol = 0;
                while (symbol + 1 < table.symbols() &&
                       at >= table.frequencies[static_cast<size_t>(symbol)])
                    at -= table.frequencies[static_cast<size_t>(symbol++)];
                all[picture][static_cast<int64_t>(channel)][i / side][i % side] =
                    static_cast<float>(table.first + symbol);
            }
    return all;
}

int activationBits(const Tensor& values)
{
    const double largest = std::max(1e-3, values.abs().max().item<double>());
    return std::clamp(static_cast<int>(std::floor(std::log2(INT16_MAX / (kRoom * largest)))), 0,
                      kMostFractionBits);
}

// Plain sums; the order does not matter in integers.
int64_t sumAt(const IntegerLayer& layer, const IntegerPlanes& x, int64_t out, int64_t row,
              int64_t column)
{
    const int64_t k = layer.kernel();
    int64_t sum = layer.biases[static_cast<size_t>(out)];
    for (int64_t ky = 0; ky < k; ++ky)
        for (int64_t kx = 0; kx < k; ++kx) {
            // up: input y writes output 2 y - 1 + ky; conv: input y - 1 + ky is read.
            const int64_t y2 = row + 1 - ky, x2 = column + 1 - kx;
            if (layer.doubles && (y2 % 2 != 0 || x2 % 2 != 0))
                continue;
            const int64_t y = layer.doubles ? y2 / 2 : row - 1 + ky;
            const int64_t xx = layer.doubles ? x2 / 2 : column - 1 + kx;
            if (y < 0 || xx < 0 || y >= x.height || xx >= x.width)
                continue;
            for (int64_t in = 0; in < layer.in; ++in)
                sum += int64_t{layer.weights[static_cast<size_t>(
                           ((out * layer.in + in) * k + ky) * k + kx)]} *
                       x.values[static_cast<size_t>((in * x.height + y) * x.width + xx)];
        }
    return sum;
}

IntegerPlanes layerOf(const IntegerLayer& layer, const IntegerPlanes& x, bool isLast)
{
    const int64_t times = layer.doubles ? 2 : 1;
    IntegerPlanes y{layer.out, times * x.height, times * x.width, {}};
    for (int64_t out = 0; out < y.channels; ++out)
        for (int64_t row = 0; row < y.height; ++row)
            for (int64_t column = 0; column < y.width; ++column) {
                const int16_t value = scaledDown(sumAt(layer, x, out, row, column),
                                                 layer.shifts[static_cast<size_t>(out)]);
                y.values.push_back(value >= 0 || isLast ? value
                                                        : static_cast<int16_t>((value + 4) >> 3));
            }
    return y;
}

} // namespace

IntegerHyper inIntegers(HyperpriorImpl& hyper, const std::vector<Table>& tables)
{
    const torch::NoGradGuard noGradient;
    auto up1 = hyper.firstUp();
    auto up2 = hyper.secondUp();
    auto conv = hyper.last();
    const Tensor between1 = up1(likelyLatents(tables)).contiguous();
    const int bits1 = activationBits(between1);
    const int bits2 = activationBits(up2(leaky(between1.clone())));
    const auto outFirst = [](const Tensor& weight) { return weight.transpose(0, 1).contiguous(); };

    IntegerHyper integer;
    integer.layers = {integerLayer(outFirst(up1->weight), up1->bias, kHyperInputBits, bits1),
                      integerLayer(outFirst(up2->weight), up2->bias, bits1, bits2),
                      integerLayer(conv->weight, conv->bias, bits2, kPredictionBits)};
    const auto values = sigmas();
    for (size_t i = 0; i + 1 < values.size(); ++i) // half way in the logarithm
        integer.thresholds[i] = static_cast<int16_t>(std::lround(
            std::ldexp(0.5 * (std::log(values[i]) + std::log(values[i + 1])), kPredictionBits)));
    return integer;
}

IntegerPlanes predict(const IntegerHyper& hyper, const IntegerPlanes& latents)
{
    IntegerPlanes x = latents;
    for (int16_t& value : x.values)
        value = heldIn16(int64_t{value} * (1 << kHyperInputBits));
    x = layerOf(hyper.layers[0], x, false);
    x = layerOf(hyper.layers[1], x, false);
    return layerOf(hyper.layers[2], x, true);
}

int sigmaIndex(const IntegerHyper& hyper, int16_t logSigma)
{
    return static_cast<int>(std::ranges::upper_bound(hyper.thresholds, logSigma) -
                            hyper.thresholds.begin());
}

} // namespace vitrine::learning::codec
