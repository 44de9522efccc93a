#include "core/quant/vision/sparse_part.h"

#include <cmath>

namespace vitrine::quant
{
namespace
{

template <typename Real>
HeadMatrix<Real> roundedTo(const FewBitGrid<Real>& grid, const HeadMatrix<Real>& x)
{
    return x.unaryExpr([&grid](Real value) { return grid.nearest(value); });
}

} // namespace

template <typename Real>
PredictionGrids<Real> predictionGrids(std::span<const Real> queries, std::span<const Real> keys,
                                      int bits)
{
    return {fewBitGrid(queries, bits), fewBitGrid(keys, bits)};
}

template <typename Real>
void RunningGrid<Real>::see(const FewBitGrid<Real>& batch)
{
    const auto kept = static_cast<Real>(momentum_), fresh = static_cast<Real>(1 - momentum_);
    grid_.least = grid_.least * kept + batch.least * fresh;
    grid_.range = grid_.range * kept + batch.range * fresh;
}

template <typename Real>
HeadMatrix<Real> predictedMap(const HeadMatrix<Real>& q, const HeadMatrix<Real>& k,
                              const PredictionGrids<Real>& grids)
{
    return exactMap(roundedTo(grids.queries, q), roundedTo(grids.keys, k));
}

template <typename Real>
HeadMatrix<Real> sparseMask(const HeadMatrix<Real>& predicted, Real threshold)
{
    return (predicted.array() > threshold).template cast<Real>();
}

template <typename Real>
double maskDensity(const HeadMatrix<Real>& mask)
{
    return static_cast<double>((mask.array() > 0).count()) / static_cast<double>(mask.size());
}

template <typename Real>
HeadMatrix<Real> unifiedResult(const HeadMatrix<Real>& q, const HeadMatrix<Real>& k,
                               const HeadMatrix<Real>& v, const HeadMatrix<Real>& mask)
{
    const HeadMatrix<Real> strong = mask.cwiseProduct(exactMap(q, k) - taylorMap(q, k));
    return taylorSteps(q, k, v).result + strong * v;
}

template <typename Real>
HeadMatrix<Real> releasedResult(const HeadMatrix<Real>& q, const HeadMatrix<Real>& k,
                                const HeadMatrix<Real>& v, const PredictionGrids<Real>& grids,
                                Real threshold)
{
    const HeadMatrix<Real> predicted = predictedMap(q, k, grids);
    const HeadMatrix<Real> sparse = sparseMask(predicted, threshold).cwiseProduct(predicted);
    const HeadMatrix<Real> keys = k.colwise() - k.rowwise().mean();
    const HeadMatrix<Real> context = keys.transpose() * v;
    return (sparse * v + q * context) / std::sqrt(static_cast<Real>(q.cols()));
}

#define VITRINE_SPARSE_PART_OF(Real)                                                               \
    template PredictionGrids<Real> predictionGrids(std::span<const Real>, std::span<const Real>,   \
                                                   int);                                           \
    template class RunningGrid<Real>;                                                              \
    template HeadMatrix<Real> predictedMap(const HeadMatrix<Real>&, const HeadMatrix<Real>&,       \
                                           const PredictionGrids<Real>&);                          \
    template HeadMatrix<Real> sparseMask(const HeadMatrix<Real>&, Real);                           \
    template double maskDensity(const HeadMatrix<Real>&);                                          \
    template HeadMatrix<Real> unifiedResult(const HeadMatrix<Real>&, const HeadMatrix<Real>&,      \
                                            const HeadMatrix<Real>&, const HeadMatrix<Real>&);     \
    template HeadMatrix<Real> releasedResult(const HeadMatrix<Real>&, const HeadMatrix<Real>&,     \
                                             const HeadMatrix<Real>&,                              \
                                             const PredictionGrids<Real>&, Real);
VITRINE_SPARSE_PART_OF(float)
VITRINE_SPARSE_PART_OF(double)
#undef VITRINE_SPARSE_PART_OF

} // namespace vitrine::quant
