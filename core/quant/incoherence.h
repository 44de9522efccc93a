#pragma once

#include "core/base/random.h"
#include "core/quant/matrix.h"

#include <cstdint>
#include <vector>

namespace vitrine::quant
{

// A random orthogonal matrix P (A x B) Q of size n that costs n (a + b) to apply, a b = n: P and Q
// permutations, A and B random rotations (QuIP, Chee et al., NeurIPS 2023).
class RandomRotation
{
public:
    RandomRotation(Eigen::Index size, Random& random);

    // Each row x becomes (R x)^T, or (R^T x)^T.
    void turnRows(Matrix& rows) const;
    void turnRowsBack(Matrix& rows) const;

private:
    std::vector<Eigen::Index> in_, out_;
    Matrix left_, right_;
};

// Weights and Hessian of a layer scaled and rotated, so that no input and no weight stands out
// (section 5.3): W S is U W S V^T with s = (diag H / diag W^T W)^(1/4), H becomes V S^-1 H S^-1
// V^T, its trace the number of inputs, with 0.01 added to its diagonal.
class Incoherence
{
public:
    Incoherence(const Matrix& weights, const Matrix& hessian, std::uint64_t seed);

    Matrix turnedWeights(const Matrix& weights) const;
    Matrix turnedHessian(const Matrix& hessian) const;
    Matrix turnedBack(Matrix weights) const; // the inverse of turnedWeights

private:
    Random random_;
    RandomRotation outputs_, inputs_;
    Eigen::RowVectorXd scale_; // by input
};

} // namespace vitrine::quant
