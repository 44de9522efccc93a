#pragma once

#include <Eigen/Core>

// ViTALiTy's linear attention (Dass et al., HPCA 2023, algorithm 1), plainly, for one head: what
// faster code is judged by, and what the steps of its accelerator hold. Q, K and V are tokens x
// channels; heads and pictures loop outside. Real is float or double; sums are of that type.
namespace vitrine::quant
{

template <typename Real>
using HeadMatrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Without rounding the column sums of centred keys are 0, and t_D = n sqrt(d): step 4 may be left
// out. The paper schedules it.
enum class TaylorDenominator { computed, skipped };

// What the six steps leave behind; n tokens of d channels.
template <typename Real>
struct TaylorSteps {
    HeadMatrix<Real> meanKey;          // 1. 1 x d, over the tokens
    HeadMatrix<Real> keys;             //    n x d, K less its mean: Khat
    HeadMatrix<Real> context;          // 2. d x d, G = Khat^T V
    HeadMatrix<Real> keySum, valueSum; // 3. 1 x d, over the tokens of Khat and of V
    HeadMatrix<Real> denominator;      // 4. n x 1, t_D = n sqrt(d) + Q keySum^T
    HeadMatrix<Real> numerator;        // 5. n x d, T_N = sqrt(d) valueSum + Q G
    HeadMatrix<Real> result;           // 6. n x d, Z = T_N / t_D row by row
};
template <typename Real>
TaylorSteps<Real> taylorSteps(const HeadMatrix<Real>& q, const HeadMatrix<Real>& k,
                              const HeadMatrix<Real>& v,
                              TaylorDenominator denominator = TaylorDenominator::computed);

// K less its mean over the tokens. Softmax does not see the difference.
template <typename Real>
HeadMatrix<Real> taylorKeys(const HeadMatrix<Real>& k);

// The same as a map, n x n: 1 + S with S = Q Khat^T / sqrt(d), rows divided by their sums, which
// are n. Weights below 0 are possible. Order m takes exp's series up to S^m / m!; order 1 is the
// method.
template <typename Real>
HeadMatrix<Real> taylorMap(const HeadMatrix<Real>& q, const HeadMatrix<Real>& k, int order = 1);

// softmax(Q K^T / sqrt(d)), n x n: what the series tends to.
template <typename Real>
HeadMatrix<Real> exactMap(const HeadMatrix<Real>& q, const HeadMatrix<Real>& k);

} // namespace vitrine::quant
