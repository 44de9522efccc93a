#include "core/quant/vision/weight_scale.h"

#include "core/base/parallel.h"

#include <cassert>
#include <numeric>

namespace vitrine::quant
{
namespace
{

std::vector<double> rowDots(const Matrix& a, const Matrix& b)
{
    std::vector<double> dots(static_cast<std::size_t>(a.rows()));
    for (Eigen::Index row = 0; row < a.rows(); ++row)
        dots[static_cast<std::size_t>(row)] = a.row(row).dot(b.row(row));
    return dots;
}

// One range for all weights, or one for each output.
std::vector<double> rawWeightScales(const Matrix& weights, int bits, bool isPerOutput)
{
    const auto scaleOf = [&](const auto& some) {
        return symmetricGrid({some.minCoeff(), some.maxCoeff()}, bits).scale;
    };
    if (!isPerOutput)
        return {scaleOf(weights)};
    std::vector<double> scales;
    for (Eigen::Index output = 0; output < weights.rows(); ++output)
        scales.push_back(scaleOf(weights.row(output)));
    return scales;
}

// Losses of candidate `index`, of each scale.
std::vector<double> candidateLosses(const Matrix& weights, const OutputLosses& losses,
                                    const WeightScaleSettings& settings,
                                    const std::vector<double>& raw, std::size_t index)
{
    WeightScales scales{settings.bits, {}};
    for (const double scale : raw)
        scales.scales.push_back(std::ldexp(1.0, candidateExponents(scale, settings.window)[index]));
    std::vector<double> ofOutputs =
        losses(weights - quantizedWeights(weights, scales, settings.rounding));
    assert(ofOutputs.size() == static_cast<std::size_t>(weights.rows()));
    if (settings.isPerOutput)
        return ofOutputs;
    return {std::accumulate(ofOutputs.begin(), ofOutputs.end(), 0.0) /
            static_cast<double>(ofOutputs.size())};
}

} // namespace

OutputLosses lossesFromMeanSquare(const Matrix& meanSquare)
{
    return [&meanSquare](const Matrix& difference) {
        assert(meanSquare.rows() == difference.cols() && meanSquare.cols() == difference.cols());
        Matrix products = Matrix::Zero(difference.rows(), difference.cols());
        const Eigen::Index parts = (difference.rows() + kRowsPerPart - 1) / kRowsPerPart;
        parallelFor(static_cast<std::size_t>(parts), [&](std::size_t part) {
            const Eigen::Index first = static_cast<Eigen::Index>(part) * kRowsPerPart;
            const Eigen::Index rows = std::min(kRowsPerPart, difference.rows() - first);
            addProduct(products.middleRows(first, rows), difference.middleRows(first, rows),
                       meanSquare);
        });
        return rowDots(products, difference);
    };
}

OutputLosses lossesFromRows(const Matrix& rows)
{
    return [&rows](const Matrix& difference) {
        assert(rows.rows() > 0);
        Matrix outputs = Matrix::Zero(difference.rows(), rows.rows());
        addProduct(outputs, difference, rows.transpose());
        outputs /= std::sqrt(static_cast<double>(rows.rows()));
        return rowDots(outputs, outputs);
    };
}

std::vector<std::int32_t> weightCodes(const Matrix& weights, const WeightScales& scales,
                                      Rounding rounding)
{
    std::vector<std::int32_t> codes;
    codes.reserve(static_cast<std::size_t>(weights.size()));
    CodeGrid grid{.bits = scales.bits};
    for (Eigen::Index output = 0; output < weights.rows(); ++output) {
        grid.scale = scales.of(static_cast<std::size_t>(output));
        for (const double weight : weights.row(output))
            codes.push_back(static_cast<std::int32_t>(grid.code(weight, rounding)));
    }
    return codes;
}

Matrix quantizedWeights(const Matrix& weights, const WeightScales& scales, Rounding rounding)
{
    Matrix values = weights;
    CodeGrid grid{.bits = scales.bits};
    for (Eigen::Index output = 0; output < weights.rows(); ++output) {
        grid.scale = scales.of(static_cast<std::size_t>(output));
        for (double& value : values.row(output))
            value = grid.nearest(value, rounding);
    }
    return values;
}

WeightChoice chooseWeightScales(const Matrix& weights, const OutputLosses& losses,
                                const WeightScaleSettings& settings)
{
    assert(weights.size() > 0);
    const auto raw = rawWeightScales(weights, settings.bits, settings.isPerOutput);
    std::vector<std::vector<double>> all(raw.size()); // [scale][candidate]
    const auto candidates = candidateExponents(1, settings.window).size();
    for (std::size_t i = 0; i < candidates; ++i) {
        const auto ofScales = candidateLosses(weights, losses, settings, raw, i);
        for (std::size_t scale = 0; scale < raw.size(); ++scale)
            all[scale].push_back(ofScales[scale]);
    }
    WeightChoice choice{{settings.bits, {}}, {}};
    for (std::size_t scale = 0; scale < raw.size(); ++scale) {
        choice.choices.push_back(
            choosePower(raw[scale], settings.power, settings.window, std::move(all[scale])));
        choice.scales.scales.push_back(choice.choices.back().scale);
    }
    return choice;
}

} // namespace vitrine::quant
