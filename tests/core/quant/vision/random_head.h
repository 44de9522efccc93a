#pragma once

#include "core/base/random.h"
#include "core/quant/vision/taylor_attention.h"

namespace vitrine::tests
{

template <typename Real>
quant::HeadMatrix<Real> normalMatrix(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed,
                                     double scale = 1)
{
    Random random(seed);
    return quant::HeadMatrix<Real>::NullaryExpr(
        rows, columns, [&] { return static_cast<Real>(scale * random.normal()); });
}

// Queries, keys and values of one head, of unit scale.
template <typename Real>
struct RandomHead {
    quant::HeadMatrix<Real> q, k, v;

    explicit RandomHead(Eigen::Index tokens = 9, Eigen::Index channels = 4, double queryScale = 1)
        : q(normalMatrix<Real>(tokens, channels, 1, queryScale)),
          k(normalMatrix<Real>(tokens, channels, 2)),
          v(normalMatrix<Real>(tokens, channels, 3))
    {
    }
};

template <typename A, typename B>
double farthest(const A& a, const B& b)
{
    return static_cast<double>((a - b).cwiseAbs().maxCoeff());
}

} // namespace vitrine::tests
