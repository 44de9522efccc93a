#include "core/quant/layer_errors.h"

#include "core/base/parallel.h"

#include <cmath>
#include <vector>

namespace vitrine::quant
{
namespace
{

// Of some rows: the part above the diagonal counts twice, so half of H is read.
double energyOfRows(const ConstRows& rows, const Matrix& hessian)
{
    constexpr Eigen::Index kBlock = 256;
    const Eigen::Index inputs = hessian.cols();
    double energy = 0;
    Matrix products;
    for (Eigen::Index begin = 0; begin < inputs; begin += kBlock) {
        const Eigen::Index count = std::min(kBlock, inputs - begin), rest = inputs - begin - count;
        const auto left = rows.middleCols(begin, count);
        products.setZero(rows.rows(), count);
        addProduct(products, left, hessian.block(begin, begin, count, count));
        energy += products.cwiseProduct(left).sum();
        products.setZero(rows.rows(), rest);
        addProduct(products, left, hessian.block(begin, begin + count, count, rest));
        energy += 2 * products.cwiseProduct(rows.rightCols(rest)).sum();
    }
    return energy;
}

} // namespace

double weightError(const Matrix& weights, const Matrix& decoded)
{
    return (weights - decoded).squaredNorm() / static_cast<double>(weights.size());
}

double outputEnergy(const Matrix& weights, const Matrix& hessian)
{
    const Eigen::Index parts = (weights.rows() + kRowsPerPart - 1) / kRowsPerPart;
    std::vector<double> energies(static_cast<std::size_t>(parts));
    parallelFor(energies.size(), [&](std::size_t part) {
        const Eigen::Index first = static_cast<Eigen::Index>(part) * kRowsPerPart;
        const Eigen::Index count = std::min(kRowsPerPart, weights.rows() - first);
        energies[part] = energyOfRows(weights.middleRows(first, count), hessian);
    });
    double energy = 0;
    for (const double each : energies)
        energy += each;
    return energy;
}

double outputError(const Matrix& weights, const Matrix& decoded, const Matrix& hessian)
{
    const double lost = outputEnergy(weights - decoded, hessian);
    return lost == 0 ? 0 : lost / outputEnergy(weights, hessian);
}

} // namespace vitrine::quant
