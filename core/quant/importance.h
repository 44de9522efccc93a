#pragma once

#include "core/base/result.h"
#include "core/quant/matrix.h"

#include <span>

namespace vitrine::quant
{

// How much a layer suffers from few bits (ShiftAddLLM, section 6): M = W / diag(R) by columns,
//   IS = ||M||_F std(M)^2,
// with R of the damped Hessian and the standard deviation of a sample. Dead inputs count as 0.
Result<double> importanceScore(const Matrix& weights, const Matrix& hessian, double damping = 0.01);

// Kendall's tau-b: +1 where both orders agree, -1 where they are opposite; ties count for neither.
// NaN where all values of one side are equal. Both of one length.
double kendallTau(std::span<const double> a, std::span<const double> b);

} // namespace vitrine::quant
