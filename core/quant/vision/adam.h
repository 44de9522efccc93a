#pragma once

#include "core/quant/matrix.h"

#include <cmath>

namespace vitrine::quant
{

// Adam (Kingma and Ba 2015, algorithm 1) with its usual constants: parameters go against their
// gradient, each by about `rate`.
class Adam
{
public:
    Adam(Eigen::Index rows, Eigen::Index columns)
        : mean_(Matrix::Zero(rows, columns)), square_(Matrix::Zero(rows, columns))
    {
    }

    void step(Matrix& parameters, const Matrix& gradient, double rate)
    {
        constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
        ++steps_;
        mean_ = kBeta1 * mean_ + (1 - kBeta1) * gradient;
        square_ = kBeta2 * square_ + (1 - kBeta2) * gradient.cwiseAbs2();
        const double meanShare = 1 - std::pow(kBeta1, steps_),
                     squareShare = 1 - std::pow(kBeta2, steps_);
        parameters.array() -= rate * (mean_.array() / meanShare) /
                              ((square_.array() / squareShare).sqrt() + kEpsilon);
    }

private:
    Matrix mean_, square_;
    int steps_ = 0;
};

} // namespace vitrine::quant
