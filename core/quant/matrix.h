#pragma once

#include <Eigen/Core>

namespace vitrine::quant
{

// Weights [outputs, inputs] and Hessians [inputs, inputs].
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using ConstRows = Eigen::Ref<const Matrix>; // some columns of such a matrix

// Work on many rows goes in parts of so many, whatever the number of threads, so that sums do not
// depend on it.
inline constexpr Eigen::Index kRowsPerPart = 256;

} // namespace vitrine::quant
