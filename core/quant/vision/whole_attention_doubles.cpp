// The head of whole_attention.cpp in double precision. All sums are whole numbers below 2^31 and
// all quotients by powers of two have the digits of their dividends, so nothing is rounded but
// where a requantizer rounds. The integer divider's quotient N 2^16 / D is below 2^29 and, unless
// it is a half exactly, at least 2^-10 from one: floor(x + 0.5) sees the right side.
#include "core/quant/vision/whole_attention.h"

#include <Eigen/Core>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::quant
{
namespace
{

using RealCodes = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

RealCodes withoutZero(std::span<const double> codes, HeadSize size, const CodeGrid& grid)
{
    return Eigen::Map<const RealCodes>(codes.data(), static_cast<Eigen::Index>(size.tokens),
                                       static_cast<Eigen::Index>(size.dim))
               .array() -
           static_cast<double>(grid.zero);
}

// Each sum as a code, its zero point taken off again.
RealCodes onGrid(const RealCodes& sums, const CodeGrid& grid, Requantizer by, Rounding rounding)
{
    const auto zero = static_cast<double>(grid.zero);
    return sums.unaryExpr([&](double sum) {
        return std::clamp(requantizedInDoubles(sum, by, rounding),
                          static_cast<double>(grid.low()) - zero,
                          static_cast<double>(grid.high()) - zero);
    });
}

std::vector<double> asCodes(const RealCodes& values, const CodeGrid& grid)
{
    std::vector<double> codes(values.data(), values.data() + values.size());
    for (double& code : codes)
        code += static_cast<double>(grid.zero);
    return codes;
}

} // namespace

double quotientInDoubles(HeadDivision division, double dividend, double divisor)
{
    if (divisor == 0)
        return 0;
    if (division == HeadDivision::integer) // 16 digits behind the point
        return std::ldexp(std::floor(std::ldexp(dividend, 16) / divisor + 0.5), -16);
    const Log2Rule rule =
        division == HeadDivision::log2Geometric ? Log2Rule::geometric : Log2Rule::arithmetic;
    return dividend * std::ldexp(1.0, -log2Divisor(divisor, rule));
}

HeadValues<double> runWholeHeadInDoubles(const WholeHead& head, HeadSize size,
                                         std::span<const double> q, std::span<const double> k,
                                         std::span<const double> v, Rounding rounding)
{
    assert(q.size() == size.tokens * size.dim && k.size() == q.size() && v.size() == q.size());
    const HeadGrids& grids = head.grids;
    const RealCodes queries = withoutZero(q, size, grids.q).cwiseMax(0);
    const RealCodes keys = withoutZero(k, size, grids.k).cwiseMax(0);
    const RealCodes context = onGrid(keys.transpose() * withoutZero(v, size, grids.v),
                                     grids.context, head.toContext, rounding);
    const RealCodes keySums = onGrid(keys.colwise().sum(), grids.keySums, head.toKeySums, rounding);
    const RealCodes divisors =
        onGrid(queries * keySums.transpose(), grids.divisors, head.toDivisors, rounding);
    const RealCodes dividends =
        onGrid(queries * context, grids.dividends, head.toDividends, rounding);
    RealCodes quotients = dividends;
    for (Eigen::Index token = 0; token < quotients.rows(); ++token)
        for (double& x : quotients.row(token))
            x = quotientInDoubles(head.division, x, divisors(token, 0));
    const RealCodes outputs = onGrid(quotients, grids.outputs, head.toOutputs, rounding);
    return {asCodes(context, grids.context), asCodes(keySums, grids.keySums),
            asCodes(divisors, grids.divisors), asCodes(dividends, grids.dividends),
            asCodes(outputs, grids.outputs)};
}

} // namespace vitrine::quant
