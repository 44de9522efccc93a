#include "core/learning/nets/codec/in_integers.h"

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

} // namespace vitrine::learning::codec
