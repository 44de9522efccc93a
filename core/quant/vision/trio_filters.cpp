#include "core/quant/vision/trio_filters.h"

#include "core/model/vision/folded_weights.h"
#include "core/quant/vision/scale_search.h"
#include "core/quant/vision/value_range.h"

namespace vitrine::quant
{

bool hasFilters(const model::NetworkLayer& layer)
{
    using model::LayerKind;
    switch (layer.shape.kind) {
    case LayerKind::conv:
    case LayerKind::depthwise:
    case LayerKind::grouped:
    case LayerKind::linear:
        return true;
    default:
        return false;
    }
}

Matrix TrioFilters::rows() const
{
    const auto count = static_cast<Eigen::Index>(bias.size());
    return Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
               weights.data(), count, static_cast<Eigen::Index>(weights.size()) / count)
        .cast<double>();
}

Matrix TrioFilters::decodedRows() const
{
    const auto count = static_cast<Eigen::Index>(bias.size());
    return Eigen::Map<const Matrix>(decoded.data(), count,
                                    static_cast<Eigen::Index>(decoded.size()) / count);
}

void TrioFilters::take(std::span<const std::int32_t> codesOfWeights)
{
    const std::size_t size = codesOfWeights.size() / grids.size();
    codes.assign(codesOfWeights.begin(), codesOfWeights.end());
    decoded.clear();
    for (std::size_t w = 0; w < codesOfWeights.size(); ++w)
        decoded.push_back(grids[w / size].value(codesOfWeights[w]));
}

Result<std::vector<TrioFilters>> readFilters(const model::VisionCheckpoint& checkpoint)
{
    std::vector<TrioFilters> all;
    for (const model::NetworkLayer& layer : checkpoint.network().layers) {
        all.emplace_back();
        if (!hasFilters(layer))
            continue;
        VITRINE_TRY(auto folded, model::foldedWeights(layer, checkpoint));
        all.back().weights = std::move(folded.weights);
        all.back().bias = std::move(folded.bias);
        all.back().bias.resize(static_cast<std::size_t>(layer.shape.batch * layer.shape.n));
    }
    return all;
}

Result<void> codeFilters(TrioFilters& filters, int bits, bool searched)
{
    const std::span<const float> weights = filters.weights;
    const std::size_t count = filters.bias.size(), size = weights.size() / count;
    if (searched) {
        VITRINE_TRY(filters.grids, searchedFilterGrids(weights, count, GridKind::symmetric, bits));
    } else {
        for (std::size_t f = 0; f < count; ++f)
            filters.grids.push_back(
                gridOver(rangeOf(weights.subspan(f * size, size)), GridKind::symmetric, bits));
    }
    std::vector<std::int32_t> codes;
    for (std::size_t w = 0; w < weights.size(); ++w)
        codes.push_back(static_cast<std::int32_t>(
            filters.grids[w / size].code(static_cast<double>(weights[w]), Rounding::halfUp)));
    filters.take(codes);
    return {};
}

} // namespace vitrine::quant
