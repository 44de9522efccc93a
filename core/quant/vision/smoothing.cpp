#include "core/quant/vision/smoothing.h"

#include "core/quant/vision/grid_losses.h"

#include <cassert>
#include <utility>

namespace vitrine::quant
{
namespace
{

template <typename T>
void raiseAll(std::span<const T> rows, std::span<double> maxima)
{
    assert(!maxima.empty() && rows.size() % maxima.size() == 0);
    for (std::size_t first = 0; first < rows.size(); first += maxima.size())
        for (std::size_t channel = 0; channel < maxima.size(); ++channel)
            maxima[channel] =
                std::max(maxima[channel], std::abs(static_cast<double>(rows[first + channel])));
}

// All of a matrix on one grid, whose scale is the adaptive one.
Matrix onAdaptiveGrid(Matrix values, int bits, ExponentWindow window, Rounding rounding)
{
    CodeGrid grid = symmetricGrid({values.minCoeff(), values.maxCoeff()}, bits);
    GridLosses losses(candidateGrids(grid, window), rounding);
    losses.add(std::span<const double>(values.data(), static_cast<std::size_t>(values.size())));
    grid.scale = choosePower(grid.scale, PowerRounding::adaptive, window, losses.means()).scale;
    for (Eigen::Index i = 0; i < values.size(); ++i)
        values.data()[i] = grid.nearest(values.data()[i], rounding);
    return values;
}

Matrix product(const Matrix& rows, const Matrix& weights)
{
    Matrix outputs = Matrix::Zero(rows.rows(), weights.rows());
    addProduct(outputs, rows, weights.transpose());
    return outputs;
}

} // namespace

void raiseMaxima(std::span<const float> rows, std::span<double> maxima)
{
    raiseAll(rows, maxima);
}

void raiseMaxima(std::span<const double> rows, std::span<double> maxima)
{
    raiseAll(rows, maxima);
}

std::vector<double> columnMaxima(const Matrix& weights)
{
    std::vector<double> maxima(static_cast<std::size_t>(weights.cols()));
    raiseMaxima(std::span(weights.data(), static_cast<std::size_t>(weights.size())), maxima);
    return maxima;
}

std::vector<int> smoothingExponents(std::span<const double> inputMaxima,
                                    std::span<const double> weightMaxima, double alpha)
{
    assert(inputMaxima.size() == weightMaxima.size());
    std::vector<int> exponents;
    for (std::size_t j = 0; j < inputMaxima.size(); ++j) {
        const bool isUsed = inputMaxima[j] > 0 && weightMaxima[j] > 0;
        const double factor =
            isUsed ? std::pow(inputMaxima[j], alpha) / std::pow(weightMaxima[j], 1 - alpha) : 1;
        exponents.push_back(roundedExponent(factor, PowerRounding::nearest));
    }
    return exponents;
}

std::vector<double> smoothColumns(Matrix& weights, std::span<const int> exponents)
{
    assert(exponents.size() == static_cast<std::size_t>(weights.cols()));
    std::vector<double> inverse;
    for (Eigen::Index j = 0; j < weights.cols(); ++j) {
        const int exponent = exponents[static_cast<std::size_t>(j)];
        weights.col(j) *= std::ldexp(1.0, exponent);
        inverse.push_back(std::ldexp(1.0, -exponent));
    }
    return inverse;
}

double smoothedLoss(const Matrix& rows, const Matrix& weights, std::span<const int> exponents,
                    const WeightScaleSettings& settings, int inputBits)
{
    assert(rows.rows() > 0 && rows.cols() == weights.cols());
    Matrix smoothWeights = weights, inputs = rows;
    const std::vector<double> inverse = smoothColumns(smoothWeights, exponents);
    for (Eigen::Index j = 0; j < inputs.cols(); ++j)
        inputs.col(j) *= inverse[static_cast<std::size_t>(j)];
    const auto chosen = chooseWeightScales(smoothWeights, lossesFromRows(inputs), settings);
    const Matrix outputs =
        product(onAdaptiveGrid(std::move(inputs), inputBits, settings.window, settings.rounding),
                quantizedWeights(smoothWeights, chosen.scales, settings.rounding));
    return (outputs - product(rows, weights)).squaredNorm() / static_cast<double>(outputs.size());
}

SmoothingChoice chooseSmoothing(const Matrix& rows, const Matrix& weights,
                                const WeightScaleSettings& settings, std::span<const double> pool)
{
    std::vector<double> inputMaxima(static_cast<std::size_t>(rows.cols()));
    raiseMaxima(std::span(rows.data(), static_cast<std::size_t>(rows.size())), inputMaxima);
    const std::vector<double> weightMaxima = columnMaxima(weights);

    std::vector<std::vector<int>> exponents = {std::vector<int>(inputMaxima.size())};
    for (const double alpha : pool)
        exponents.push_back(smoothingExponents(inputMaxima, weightMaxima, alpha));
    SmoothingChoice choice;
    for (const auto& some : exponents)
        choice.losses.push_back(smoothedLoss(rows, weights, some, settings));
    const std::size_t best = firstSmallest(choice.losses);
    if (best > 0)
        choice.alpha = pool[best - 1];
    choice.exponents = std::move(exponents[best]);
    return choice;
}

} // namespace vitrine::quant
