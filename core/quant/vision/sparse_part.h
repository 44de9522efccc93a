#pragma once

#include "core/quant/vision/taylor_attention.h"
#include "core/tensor/few_bits.h"

#include <span>

// What ViTALiTy adds to its low-rank attention while it trains: a sparse map at the places that a
// low-bit softmax predicts (Sanger's mask). One head; shapes as in taylor_attention.h.
namespace vitrine::quant
{

// The codes that queries and keys have in the prediction.
template <typename Real>
struct PredictionGrids {
    FewBitGrid<Real> queries, keys;
};
// Over everything given: a head, all heads of a picture, or of a batch, whose least and largest
// value count.
template <typename Real>
PredictionGrids<Real> predictionGrids(std::span<const Real> queries, std::span<const Real> keys,
                                      int bits = 4);

// The running range of the released code, which one head's queries and keys share: evaluation
// takes it for both. It begins at 0 and is told a batch's range of queries, then that of keys.
template <typename Real>
class RunningGrid
{
public:
    explicit RunningGrid(int bits = 4, double momentum = 0.9)
        : grid_{0, 0, bits}, momentum_(momentum)
    {
    }
    void see(const FewBitGrid<Real>& batch);
    const FewBitGrid<Real>& grid() const { return grid_; }

private:
    FewBitGrid<Real> grid_;
    double momentum_;
};

// softmax(Q' K'^T / sqrt(d)) of the rounded Q and K.
template <typename Real>
HeadMatrix<Real> predictedMap(const HeadMatrix<Real>& q, const HeadMatrix<Real>& k,
                              const PredictionGrids<Real>& grids);

// 1 where a predicted weight exceeds the threshold, else 0: 0 keeps all, 1 none.
template <typename Real>
HeadMatrix<Real> sparseMask(const HeadMatrix<Real>& predicted, Real threshold);
// Share of the entries that are kept.
template <typename Real>
double maskDensity(const HeadMatrix<Real>& mask);

// Low rank plus sparse, as training sees it: the Taylor map, and at the places of the mask what it
// leaves of softmax; times V. A full mask gives softmax attention, an empty one taylorSteps.
template <typename Real>
HeadMatrix<Real> unifiedResult(const HeadMatrix<Real>& q, const HeadMatrix<Real>& k,
                               const HeadMatrix<Real>& v, const HeadMatrix<Real>& mask);

// What the authors' code computes instead (commit 4a1173c): keys centred over their channels, not
// over the tokens; no sum of V and no denominator, the whole divided by sqrt(d), the sparse term
// too; and that term, the predicted weights themselves at the mask, in evaluation as well.
template <typename Real>
HeadMatrix<Real> releasedResult(const HeadMatrix<Real>& q, const HeadMatrix<Real>& k,
                                const HeadMatrix<Real>& v, const PredictionGrids<Real>& grids,
                                Real threshold = static_cast<Real>(0.002));

} // namespace vitrine::quant
