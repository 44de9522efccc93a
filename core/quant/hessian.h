#pragma once

#include "core/base/result.h"
#include "core/quant/matrix.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::quant
{

// H = (1 / sequences) sum X X^T over calibration sequences, in double precision (section 5: divided
// by the number of sequences, without a factor 2).
class HessianSum
{
public:
    explicit HessianSum(std::int64_t inputs);

    // The layer's inputs of one sequence, row-major [tokens, inputs].
    void add(std::span<const float> activations);
    std::int64_t sequences() const { return sequences_; }
    Matrix mean() const; // zero before the first sequence

private:
    Matrix sum_; // on and above the diagonal
    std::int64_t sequences_ = 0;
};

// What the compensated update needs of a Hessian: the upper triangle U with
//   H' = U U^T, H' = H in the given order, with ones for dead inputs, plus damping mean(diag) I.
// The R of GPTQ (H'^-1 = R^T R) is its inverse, so nothing has to be inverted: R_cc = 1 / U_cc.
struct HessianFactor {
    Matrix upper;
    std::vector<Eigen::Index> dead; // inputs that were always 0
    double added = 0;               // to each diagonal value
};
// `order` names each input once. Error (failed) where H' is not positive definite.
Result<HessianFactor> factorize(const Matrix& hessian, std::span<const Eigen::Index> order,
                                double damping);

} // namespace vitrine::quant
