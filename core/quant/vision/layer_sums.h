#pragma once

#include "core/quant/matrix.h"

#include <algorithm>
#include <cassert>
#include <cstdint>

namespace vitrine::quant
{

// What the squared error of a linear layer's outputs needs to know of any number of samples:
// sum x^T x, sum y^T x and sum |y|^2.
struct LayerSums {
    Matrix inputs; // [inputs, inputs]
    Matrix cross;  // [outputs, inputs]
    double energy = 0;
    std::int64_t samples = 0;

    LayerSums(Eigen::Index outputCount, Eigen::Index inputCount)
        : inputs(Matrix::Zero(inputCount, inputCount)), cross(Matrix::Zero(outputCount, inputCount))
    {
    }

    // Rows are samples: what the layer reads, x [samples, inputs], and what it should answer
    // without its bias, y [samples, outputs].
    void add(const ConstRows& x, const ConstRows& y)
    {
        assert(x.rows() == y.rows() && x.cols() == inputs.cols() && y.cols() == cross.rows());
        addProduct(inputs, x.transpose(), x);
        addProduct(cross, y.transpose(), x);
        energy += y.squaredNorm();
        samples += x.rows();
    }

    // Mean over the samples of |W x - y|^2, for weights [outputs, inputs].
    double meanError(const Matrix& weights) const
    {
        assert(samples > 0);
        Matrix product = Matrix::Zero(weights.rows(), weights.cols());
        addProduct(product, weights, inputs);
        const double sum =
            weights.cwiseProduct(product - 2 * cross).sum() + energy; // the parts nearly cancel
        return std::max(sum, 0.0) / static_cast<double>(samples);
    }
};

} // namespace vitrine::quant
