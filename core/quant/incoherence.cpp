#include "core/quant/incoherence.h"

#include "core/base/parallel.h"

#include <Eigen/QR>

#include <cmath>
#include <numeric>

namespace vitrine::quant
{
namespace
{

// Every other prime factor: both are near the root where n has many.
Eigen::Index firstFactor(Eigen::Index n)
{
    Eigen::Index first = 1;
    bool isTurn = true;
    for (Eigen::Index p = 2; n > 1; ++p)
        for (; n % p == 0; n /= p, isTurn = !isTurn)
            first *= isTurn ? p : 1;
    return first;
}

// Uniform among all of its size: Q of a normal matrix's QR with the signs of R's diagonal.
Matrix randomOrthogonal(Eigen::Index size, Random& random)
{
    Matrix normal(size, size);
    for (Eigen::Index i = 0; i < normal.size(); ++i)
        normal.data()[i] = random.normal();
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(normal);
    Matrix q = qr.householderQ();
    for (Eigen::Index i = 0; i < size; ++i)
        if (qr.matrixQR()(i, i) < 0)
            q.col(i) *= -1;
    return q;
}

std::vector<Eigen::Index> randomPermutation(Eigen::Index size, Random& random)
{
    std::vector<Eigen::Index> order(static_cast<std::size_t>(size));
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[random.below(i)]);
    return order;
}

template <typename Turn> // turn(row in, row out)
void forEachRow(Matrix& rows, const Turn& turn)
{
    parallelFor(static_cast<std::size_t>(rows.rows()), [&](std::size_t row) {
        double* values = rows.row(static_cast<Eigen::Index>(row)).data();
        std::vector<double> turned(static_cast<std::size_t>(rows.cols()));
        turn(values, turned.data());
        std::copy(turned.begin(), turned.end(), values);
    });
}

Matrix transposed(const Matrix& matrix)
{
    return matrix.transpose();
}

} // namespace

RandomRotation::RandomRotation(Eigen::Index size, Random& random)
    : in_(randomPermutation(size, random)),
      out_(randomPermutation(size, random)),
      left_(randomOrthogonal(firstFactor(size), random)),
      right_(randomOrthogonal(size / firstFactor(size), random))
{
}

void RandomRotation::turnRows(Matrix& rows) const
{
    forEachRow(rows, [&](const double* in, double* out) {
        Matrix square(left_.rows(), right_.rows());
        for (std::size_t i = 0; i < in_.size(); ++i)
            square.data()[i] = in[in_[i]];
        square = left_ * square * right_.transpose();
        for (std::size_t i = 0; i < out_.size(); ++i)
            out[i] = square.data()[out_[i]];
    });
}

void RandomRotation::turnRowsBack(Matrix& rows) const
{
    forEachRow(rows, [&](const double* in, double* out) {
        Matrix square(left_.rows(), right_.rows());
        for (std::size_t i = 0; i < out_.size(); ++i)
            square.data()[out_[i]] = in[i];
        square = left_.transpose() * square * right_;
        for (std::size_t i = 0; i < in_.size(); ++i)
            out[in_[i]] = square.data()[i];
    });
}

Incoherence::Incoherence(const Matrix& weights, const Matrix& hessian, std::uint64_t seed)
    : random_(seed), outputs_(weights.rows(), random_), inputs_(weights.cols(), random_)
{
    const double largest = hessian.cwiseAbs().maxCoeff();
    const Eigen::RowVectorXd activations =
        (hessian.diagonal().transpose() / (largest > 0 ? largest : 1)).cwiseMax(1e-8);
    const Eigen::RowVectorXd columns = weights.colwise().squaredNorm().cwiseMax(1e-8);
    scale_ = activations.cwiseQuotient(columns).cwiseSqrt().cwiseSqrt();
}

Matrix Incoherence::turnedWeights(const Matrix& weights) const
{
    Matrix turned = weights * scale_.asDiagonal();
    inputs_.turnRows(turned);
    turned = transposed(turned);
    outputs_.turnRows(turned);
    return transposed(turned);
}

Matrix Incoherence::turnedHessian(const Matrix& hessian) const
{
    const Eigen::RowVectorXd inverse = scale_.cwiseInverse();
    Matrix turned = inverse.asDiagonal() * hessian * inverse.asDiagonal();
    const double trace = turned.trace();
    if (trace > 0)
        turned *= static_cast<double>(turned.rows()) / trace;
    turned.diagonal().array() += 0.01;
    inputs_.turnRows(turned);
    turned = transposed(turned);
    inputs_.turnRows(turned);
    return transposed(turned);
}

Matrix Incoherence::turnedBack(Matrix weights) const
{
    weights = transposed(weights);
    outputs_.turnRowsBack(weights);
    weights = transposed(weights);
    inputs_.turnRowsBack(weights);
    return weights * scale_.cwiseInverse().asDiagonal();
}

} // namespace vitrine::quant
