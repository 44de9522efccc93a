#include "core/quant/vision/taylor_attention.h"

#include <cmath>

namespace vitrine::quant
{
namespace
{

template <typename Real>
Real rootOfChannels(const HeadMatrix<Real>& q)
{
    return std::sqrt(static_cast<Real>(q.cols()));
}

} // namespace

template <typename Real>
HeadMatrix<Real> taylorKeys(const HeadMatrix<Real>& k)
{
    return k.rowwise() - k.colwise().mean();
}

template <typename Real>
TaylorSteps<Real> taylorSteps(const HeadMatrix<Real>& q, const HeadMatrix<Real>& k,
                              const HeadMatrix<Real>& v, TaylorDenominator denominator)
{
    const Real root = rootOfChannels(q), tokens = static_cast<Real>(k.rows());
    TaylorSteps<Real> steps;
    steps.meanKey = k.colwise().mean();
    steps.keys = taylorKeys(k);
    steps.context = steps.keys.transpose() * v;
    steps.keySum = steps.keys.colwise().sum();
    steps.valueSum = v.colwise().sum();
    steps.denominator = HeadMatrix<Real>::Constant(q.rows(), 1, tokens * root);
    if (denominator == TaylorDenominator::computed)
        steps.denominator += q * steps.keySum.transpose();
    steps.numerator = q * steps.context;
    steps.numerator.rowwise() += root * steps.valueSum.row(0);
    steps.result = steps.numerator.array().colwise() / steps.denominator.col(0).array();
    return steps;
}

template <typename Real>
HeadMatrix<Real> taylorMap(const HeadMatrix<Real>& q, const HeadMatrix<Real>& k, int order)
{
    const HeadMatrix<Real> s = q * taylorKeys(k).transpose() / rootOfChannels(q);
    HeadMatrix<Real> term = HeadMatrix<Real>::Ones(s.rows(), s.cols()), map = term;
    for (int power = 1; power <= order; ++power) {
        term = term.cwiseProduct(s) / static_cast<Real>(power);
        map += term;
    }
    const HeadMatrix<Real> sums = map.rowwise().sum();
    return map.array().colwise() / sums.col(0).array();
}

template <typename Real>
HeadMatrix<Real> exactMap(const HeadMatrix<Real>& q, const HeadMatrix<Real>& k)
{
    HeadMatrix<Real> map = q * k.transpose() / rootOfChannels(q);
    for (Eigen::Index row = 0; row < map.rows(); ++row) {
        map.row(row) = (map.row(row).array() - map.row(row).maxCoeff()).exp();
        map.row(row) /= map.row(row).sum();
    }
    return map;
}

#define VITRINE_TAYLOR_OF(Real)                                                                    \
    template HeadMatrix<Real> taylorKeys(const HeadMatrix<Real>&);                                 \
    template TaylorSteps<Real> taylorSteps(const HeadMatrix<Real>&, const HeadMatrix<Real>&,       \
                                           const HeadMatrix<Real>&, TaylorDenominator);            \
    template HeadMatrix<Real> taylorMap(const HeadMatrix<Real>&, const HeadMatrix<Real>&, int);    \
    template HeadMatrix<Real> exactMap(const HeadMatrix<Real>&, const HeadMatrix<Real>&);
VITRINE_TAYLOR_OF(float)
VITRINE_TAYLOR_OF(double)
#undef VITRINE_TAYLOR_OF

} // namespace vitrine::quant
