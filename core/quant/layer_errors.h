#pragma once

#include "core/quant/matrix.h"

namespace vitrine::quant
{

// Mean of the squared differences.
double weightError(const Matrix& weights, const Matrix& decoded);

// tr(D H D^T) for a symmetric H: the squared error of outputs where D are errors of weights.
double outputEnergy(const Matrix& weights, const Matrix& hessian);

// Share of the outputs' energy that is lost: tr(D H D^T) / tr(W H W^T), D = W - decoded; 0 where
// there is neither, infinity where the original has no output.
double outputError(const Matrix& weights, const Matrix& decoded, const Matrix& hessian);

} // namespace vitrine::quant
