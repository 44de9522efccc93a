#include "core/quant/vision/binary_codes.h"

#include <cassert>
#include <numbers>

namespace vitrine::quant
{

HeadRows unitRows(const HeadRows& x)
{
    constexpr double kLeastLength = 1e-12; // of a row of zeros
    const Eigen::VectorXd lengths = x.rowwise().norm().cwiseMax(kLeastLength);
    return lengths.cwiseInverse().asDiagonal() * x;
}

std::vector<CodeRows> meanCodes(const std::vector<HeadRows>& heads)
{
    std::vector<HeadRows> unit;
    double sum = 0, count = 0;
    for (const HeadRows& head : heads) {
        unit.push_back(unitRows(head));
        sum += unit.back().sum();
        count += static_cast<double>(head.size());
    }
    const double mean = count > 0 ? sum / count : 0;
    std::vector<CodeRows> codes;
    for (const HeadRows& head : unit)
        codes.push_back((head.array() > mean).cast<std::uint8_t>());
    return codes;
}

HeadRows binaryAttention(const CodeRows& queries, const CodeRows& keys, const HeadRows& v)
{
    assert(queries.cols() == keys.cols() && keys.rows() == v.rows() && queries.rows() == v.rows());
    const HeadRows context = keys.cast<double>().transpose() * v;
    return unitRows(0.5 * v + std::numbers::inv_pi * (queries.cast<double>() * context));
}

Eigen::MatrixXi hammingMap(const CodeRows& queries, const CodeRows& keys)
{
    assert(queries.cols() == keys.cols());
    Eigen::MatrixXi distances(queries.rows(), keys.rows());
    for (Eigen::Index i = 0; i < queries.rows(); ++i)
        for (Eigen::Index j = 0; j < keys.rows(); ++j)
            distances(i, j) =
                static_cast<int>((queries.row(i).array() != keys.row(j).array()).count());
    return distances;
}

std::int64_t maskedAdditions(const CodeRows& queries, const CodeRows& keys, std::int64_t channels)
{
    return (queries.cast<std::int64_t>().sum() + keys.cast<std::int64_t>().sum()) * channels;
}

} // namespace vitrine::quant
