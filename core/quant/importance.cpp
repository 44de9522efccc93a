#include "core/quant/importance.h"

#include "core/quant/hessian.h"

#include <cassert>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace vitrine::quant
{

Result<double> importanceScore(const Matrix& weights, const Matrix& hessian, double damping)
{
    if (hessian.rows() != weights.cols() || hessian.cols() != weights.cols())
        return inputError("a Hessian of {} x {} for {} inputs", hessian.rows(), hessian.cols(),
                          weights.cols());
    std::vector<Eigen::Index> order(static_cast<std::size_t>(weights.cols()));
    std::iota(order.begin(), order.end(), 0);
    VITRINE_TRY(const HessianFactor factor, factorize(hessian, order, damping));
    Matrix m = weights * factor.upper.diagonal().asDiagonal(); // 1 / R_cc
    for (const Eigen::Index input : factor.dead)
        m.col(input).setZero();
    if (m.size() < 2)
        return 0.0;
    const double variance =
        (m.array() - m.mean()).square().sum() / static_cast<double>(m.size() - 1);
    return m.norm() * variance;
}

double kendallTau(std::span<const double> a, std::span<const double> b)
{
    assert(a.size() == b.size());
    const auto order = [](double x, double y) { return (x > y) - (x < y); };
    std::int64_t agreement = 0, pairsOfA = 0, pairsOfB = 0; // pairs that are no ties
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const int inA = order(a[i], a[j]), inB = order(b[i], b[j]);
            agreement += inA * inB;
            pairsOfA += inA != 0;
            pairsOfB += inB != 0;
        }
    return static_cast<double>(agreement) /
           std::sqrt(static_cast<double>(pairsOfA) * static_cast<double>(pairsOfB));
}

} // namespace vitrine::quant
