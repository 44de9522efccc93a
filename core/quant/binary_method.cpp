#include "core/quant/binary_method.h"

#include <algorithm>

namespace vitrine::quant
{
namespace
{

BinaryFitSettings fitSettings(const QuantSettings& settings)
{
    return {.bits = settings.bits,
            .rounds = settings.rounds,
            .rounding = settings.terms > 0 ? ScaleRounding::powers : ScaleRounding::half,
            .terms = settings.terms,
            .restarts = settings.restarts,
            .seed = settings.seed};
}

} // namespace

BinaryMethod::BinaryMethod(const QuantSettings& settings, const Matrix& weights)
    : packed_(packedCodes(settings, weights)), how_(fitSettings(settings))
{
    kernels::BinaryCodes& codes = packed_.codes;
    const auto scales = static_cast<std::size_t>(codes.planes * codes.groups());
    codes.scales.resize(scales);
    if (how_.rounding == ScaleRounding::powers) {
        codes.form = kernels::ScaleForm::powers;
        codes.termsPerScale = how_.terms;
        codes.terms.resize(scales * static_cast<std::size_t>(how_.terms));
    }
    levels_.resize(groups());
    roundErrors_.resize(groups(), std::vector<double>(static_cast<std::size_t>(how_.rounds) + 1));
}

std::size_t BinaryMethod::groups() const
{
    return static_cast<std::size_t>(packed_.codes.rowGroups());
}

void BinaryMethod::fit(std::size_t group, ColumnSpan span, const ConstRows& current)
{
    kernels::BinaryCodes& codes = packed_.codes;
    const auto first = static_cast<Eigen::Index>(group) * codes.groupRows;
    const Eigen::Index rows = std::min(codes.groupRows, current.rows() - first);
    std::vector<double> weights(static_cast<std::size_t>(rows * span.count));
    Matrix::Map(weights.data(), rows, span.count) = current.middleRows(first, rows);

    BinaryFitSettings how = how_;
    const std::size_t place = group * static_cast<std::size_t>(codes.columnGroups()) +
                              static_cast<std::size_t>(span.first / codes.groupColumns);
    how.seed += place * 0xd1342543de82ef95; // each group draws its own numbers
    const BinaryFit fit = fitBinaryCodes(weights, how);

    const auto planes = static_cast<std::size_t>(codes.planes);
    levels_[group] = BinaryLevels(std::span(fit.scales).first(planes));
    for (std::size_t plane = 0; plane < planes; ++plane) {
        const std::size_t scale = plane * static_cast<std::size_t>(codes.groups()) + place;
        codes.scales[scale] = fit.scales[plane];
        const auto terms = static_cast<std::size_t>(codes.termsPerScale);
        std::copy_n(fit.powers[plane].terms.begin(), terms,
                    codes.terms.begin() + static_cast<std::ptrdiff_t>(scale * terms));
    }
    for (std::size_t round = 0; round < fit.roundErrors.size(); ++round)
        roundErrors_[group][round] += fit.roundErrors[round];
}

void BinaryMethod::assign(Eigen::Index column, Eigen::Index firstRow,
                          std::span<const double> current, std::span<double> decoded)
{
    for (std::size_t i = 0; i < current.size(); ++i) {
        const Eigen::Index row = firstRow + static_cast<Eigen::Index>(i);
        const auto& level =
            levels_[static_cast<std::size_t>(row / packed_.codes.groupRows)].nearest(current[i]);
        decoded[i] = static_cast<double>(level.value);
        for (int plane = 0; plane < packed_.codes.planes; ++plane)
            if (level.code >> plane & 1)
                packed_.set(plane, row, column);
    }
}

std::vector<double> BinaryMethod::roundErrors() const
{
    std::vector<double> mean(static_cast<std::size_t>(how_.rounds) + 1);
    for (const auto& group : roundErrors_)
        for (std::size_t round = 0; round < mean.size(); ++round)
            mean[round] += group[round];
    for (double& each : mean)
        each /= static_cast<double>(packed_.codes.outputs * packed_.codes.inputs);
    return mean;
}

Result<QuantizedLayer> quantizeInBinaryCodes(const QuantSettings& settings, const LayerTask& task,
                                             bool isCompensated)
{
    BinaryMethod method(settings, task.weights);
    VITRINE_TRY(QuantizedLayer layer,
                updateLayer(settings, task, isCompensated, method.spanWidth(), method));
    layer.codes = method.codes();
    layer.roundErrors = method.roundErrors();
    return layer;
}

} // namespace vitrine::quant
