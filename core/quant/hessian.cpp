#include "core/quant/hessian.h"

#include "core/base/parallel.h"

#include <Eigen/Cholesky>

#include <cassert>

namespace vitrine::quant
{
namespace
{

constexpr Eigen::Index kTile = 256;

Eigen::Index tilesOf(Eigen::Index size)
{
    return (size + kTile - 1) / kTile;
}

// Lower Cholesky factor in place, right-looking in tiles: the trailing update, nearly all of the
// work, goes by tiles of rows. False where a pivot is not positive.
bool factorLower(Matrix& a)
{
    for (Eigen::Index k = 0; k < a.rows(); k += kTile) {
        const Eigen::Index count = std::min(kTile, a.rows() - k), next = k + count;
        Eigen::Ref<Matrix> pivot = a.block(k, k, count, count);
        if (Eigen::LLT<Eigen::Ref<Matrix>>(pivot).info() != Eigen::Success)
            return false;
        const auto tiles = static_cast<std::size_t>(tilesOf(a.rows() - next));
        const auto rowsOf = [&](std::size_t tile) {
            const Eigen::Index first = next + static_cast<Eigen::Index>(tile) * kTile;
            return std::pair(first, std::min(kTile, a.rows() - first));
        };
        parallelFor(tiles, [&](std::size_t tile) {
            const auto [first, rows] = rowsOf(tile);
            pivot.triangularView<Eigen::Lower>().transpose().solveInPlace<Eigen::OnTheRight>(
                a.block(first, k, rows, count));
        });
        parallelFor(tiles, [&](std::size_t tile) {
            const auto [first, rows] = rowsOf(tile);
            addProduct(a.block(first, next, rows, first + rows - next),
                       a.block(first, k, rows, count),
                       a.block(next, k, first + rows - next, count).transpose(), -1);
        });
    }
    return true;
}

} // namespace

HessianSum::HessianSum(std::int64_t inputs) : sum_(Matrix::Zero(inputs, inputs)) {}

void HessianSum::add(std::span<const float> activations)
{
    const Eigen::Index inputs = sum_.cols();
    assert(inputs > 0 && activations.size() % static_cast<std::size_t>(inputs) == 0);
    using Floats = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Matrix x =
        Eigen::Map<const Floats>(activations.data(),
                                 static_cast<Eigen::Index>(activations.size()) / inputs, inputs)
            .cast<double>();
    parallelFor(static_cast<std::size_t>(tilesOf(inputs)), [&](std::size_t tile) {
        const Eigen::Index first = static_cast<Eigen::Index>(tile) * kTile;
        const Eigen::Index rows = std::min(kTile, inputs - first);
        addProduct(sum_.block(first, first, rows, inputs - first),
                   x.middleCols(first, rows).transpose(), x.rightCols(inputs - first));
    });
    ++sequences_;
}

Matrix HessianSum::mean() const
{
    Matrix mean = sum_ / static_cast<double>(std::max<std::int64_t>(sequences_, 1));
    mean.triangularView<Eigen::StrictlyLower>() = mean.transpose();
    return mean;
}

Result<HessianFactor> factorize(const Matrix& hessian, std::span<const Eigen::Index> order,
                                double damping)
{
    const Eigen::Index inputs = hessian.rows();
    assert(hessian.cols() == inputs && static_cast<Eigen::Index>(order.size()) == inputs);
    HessianFactor factor;
    // Reversed, so that its lower factor, reversed again, is the upper one.
    Matrix& h = factor.upper;
    h.resize(inputs, inputs);
    for (Eigen::Index i = 0; i < inputs; ++i)
        for (Eigen::Index j = 0; j < inputs; ++j)
            h(inputs - 1 - i, inputs - 1 - j) =
                hessian(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(j)]);
    for (Eigen::Index i = 0; i < inputs; ++i)
        if (hessian(i, i) == 0)
            factor.dead.push_back(i);
    for (Eigen::Index i = 0; i < inputs; ++i)
        if (h(i, i) == 0)
            h(i, i) = 1;
    factor.added = damping * h.diagonal().mean();
    h.diagonal().array() += factor.added;

    if (!factorLower(h) || !h.diagonal().allFinite())
        return failure(
            "the Hessian is not positive definite with damping {}; more damping, or more "
            "tokens than inputs, would help",
            damping);
    h.triangularView<Eigen::StrictlyUpper>().setZero();
    h.reverseInPlace();
    return factor;
}

} // namespace vitrine::quant
