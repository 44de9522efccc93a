#pragma once

#include "core/quant/product_kernel.h"

#include <Eigen/Core>

#include <cassert>

namespace vitrine::quant
{

// Weights [outputs, inputs] and Hessians [inputs, inputs].
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using ConstRows = Eigen::Ref<const Matrix>; // some columns of such a matrix

// Work on many rows goes in parts of so many, whatever the number of threads, so that sums do not
// depend on it.
inline constexpr Eigen::Index kRowsPerPart = 256;

// c += sign * a b for matrices, blocks of them and their transposes: several times as fast as
// Eigen's product, which knows only the vectors of the oldest processor.
template <typename A, typename B>
void addProduct(Eigen::Ref<Matrix> c, const A& a, const B& b, double sign = 1)
{
    assert(a.rows() == c.rows() && a.cols() == b.rows() && b.cols() == c.cols());
    addProductOf({a.data(), a.rowStride(), a.colStride()}, {b.data(), b.rowStride(), b.colStride()},
                 c.rows(), a.cols(), c.cols(), sign, c.data(), c.outerStride());
}

} // namespace vitrine::quant
