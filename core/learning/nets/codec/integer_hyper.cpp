#include "core/learning/nets/codec/integer_hyper.h"

#include <algorithm>

namespace vitrine::learning::codec
{
namespace
{

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
