#pragma once

#include "core/base/random.h"
#include "core/quant/hessian.h"
#include "core/quant/quantizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace vitrine::quant
{

inline Matrix normalMatrix(Eigen::Index rows, Eigen::Index columns, double scale, Random& random)
{
    Matrix matrix(rows, columns);
    for (Eigen::Index i = 0; i < matrix.size(); ++i)
        matrix.data()[i] = scale * random.normal();
    return matrix;
}

// A linear layer and its inputs as language models have them: correlated, with some inputs that are
// much larger than others.
struct SampleLayer {
    Matrix weights, hessian;
};
inline SampleLayer sampleLayer(Eigen::Index outputs, Eigen::Index inputs, std::uint64_t seed = 1)
{
    Random random(seed);
    SampleLayer layer;
    layer.weights = normalMatrix(outputs, inputs, 0.05, random);
    const Eigen::Index sources = std::max<Eigen::Index>(inputs / 4, 1),
                       tokens = std::min(4 * inputs, inputs + 2048);
    Matrix x =
        normalMatrix(tokens, sources, 1, random) * normalMatrix(sources, inputs, 0.5, random) +
        normalMatrix(tokens, inputs, 0.7, random);
    for (Eigen::Index k = 0; k < inputs; ++k)
        x.col(k) *= std::exp(0.6 * random.normal()) * (random.below(16) == 0 ? 8 : 1);
    HessianSum sum(inputs);
    const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> floats =
        x.cast<float>();
    sum.add({floats.data(), static_cast<std::size_t>(floats.size())});
    layer.hessian = sum.mean();
    return layer;
}

inline QuantizedLayer quantized(const char* name, const QuantSettings& settings,
                                const SampleLayer& layer)
{
    const auto quantizer = findQuantizer(name);
    EXPECT_TRUE(quantizer);
    auto result = quantize(*quantizer, settings, {layer.weights, &layer.hessian, {}});
    EXPECT_TRUE(result) << result.error().message;
    return result ? *std::move(result) : QuantizedLayer{};
}

} // namespace vitrine::quant
