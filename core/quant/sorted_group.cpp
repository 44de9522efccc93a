#include "core/quant/sorted_group.h"

#include <Eigen/Core>
#include <Eigen/QR>

#include <algorithm>
#include <cmath>

namespace vitrine::quant
{
namespace
{

double signOf(std::uint8_t code, int plane)
{
    return (code >> plane) & 1 ? 1.0 : -1.0;
}

} // namespace

SortedGroup::SortedGroup(std::span<const double> weights)
    : values(weights.begin(), weights.end()), sums(weights.size() + 1), squares(weights.size() + 1)
{
    std::ranges::sort(values);
    for (std::size_t i = 0; i < values.size(); ++i) {
        sums[i + 1] = sums[i] + values[i];
        squares[i + 1] = squares[i] + values[i] * values[i];
    }
}

std::size_t SortedGroup::position(double x) const
{
    return static_cast<std::size_t>(std::ranges::lower_bound(values, x) - values.begin());
}

double squaredError(const SortedGroup& group, const Coding& coding)
{
    double error = 0;
    for (const auto& [begin, end, code, value] : coding.all())
        error += group.squares[end] - group.squares[begin] -
                 2 * value * (group.sums[end] - group.sums[begin]) +
                 static_cast<double>(end - begin) * value * value;
    return std::max(error, 0.0);
}

// Each plane splits each interval at its value; what equals it goes up.
Coding greedyCoding(const SortedGroup& group, int bits, Scales& scales)
{
    Coding coding;
    coding.intervals[0] = {0, group.values.size(), 0, 0.0};
    coding.count = 1;
    for (int plane = 0; plane < bits; ++plane) {
        Coding split;
        double magnitude = 0;
        for (const CodeInterval& whole : coding.all()) {
            CodeInterval lower = whole, upper = whole;
            lower.end = upper.begin =
                std::clamp(group.position(whole.value), whole.begin, whole.end);
            upper.code |= static_cast<std::uint8_t>(1 << plane);
            const double below = static_cast<double>(lower.end - lower.begin);
            const double above = static_cast<double>(upper.end - upper.begin);
            magnitude += group.sums[upper.end] + group.sums[lower.begin] -
                         2 * group.sums[lower.end] + (below - above) * whole.value;
            split.intervals[split.count++] = lower;
            split.intervals[split.count++] = upper;
        }
        const double scale = std::max(magnitude, 0.0) / static_cast<double>(group.values.size());
        for (CodeInterval& each : split.all())
            each.value += signOf(each.code, plane) * scale;
        scales[static_cast<std::size_t>(plane)] = scale;
        coding = split;
    }
    return coding;
}

Coding nearestCoding(const SortedGroup& group, int bits, const Scales& scales)
{
    Coding coding;
    coding.count = std::size_t{1} << bits;
    for (std::size_t c = 0; c < coding.count; ++c) {
        CodeInterval& each = coding.intervals[c];
        each.code = static_cast<std::uint8_t>(c);
        for (int b = 0; b < bits; ++b)
            each.value += signOf(each.code, b) * scales[static_cast<std::size_t>(b)];
    }
    std::ranges::stable_sort(coding.all(), {}, &CodeInterval::value);
    for (std::size_t i = 0; i + 1 < coding.count; ++i) {
        CodeInterval &lower = coding.intervals[i], &upper = coding.intervals[i + 1];
        lower.end = upper.begin =
            std::max(lower.begin, group.position((lower.value + upper.value) / 2));
    }
    coding.intervals[coding.count - 1].end = group.values.size();
    return coding;
}

// argmin |w - B alpha|^2, of several (two planes may be equal) the one that is nearest to the
// scales before; as magnitudes in descending order. The shortest one would make such planes' scales
// equal, and they would stay so.
Scales leastSquares(const SortedGroup& group, const Coding& coding, const Scales& before, int bits)
{
    using Square = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, kMostCodes, kMostCodes>;
    using Column = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, kMostCodes, 1>;
    Square gram = Square::Zero(bits, bits);
    Column products = Column::Zero(bits);
    for (const CodeInterval& each : coding.all())
        for (int a = 0; a < bits; ++a) {
            products[a] += signOf(each.code, a) * (group.sums[each.end] - group.sums[each.begin]);
            for (int b = 0; b < bits; ++b)
                gram(a, b) += signOf(each.code, a) * signOf(each.code, b) *
                              static_cast<double>(each.end - each.begin);
        }
    Eigen::CompleteOrthogonalDecomposition<Square> solver;
    solver.setThreshold(1e-10); // what is left of an independent plane is above 1 / weights
    solver.compute(gram);
    const Column last = Column::Map(before.data(), bits);
    const Column solution = last + solver.solve(products - gram * last);
    Scales scales = {};
    for (int b = 0; b < bits; ++b)
        scales[static_cast<std::size_t>(b)] = std::abs(solution[b]);
    std::ranges::sort(scales, std::ranges::greater{});
    return scales;
}

} // namespace vitrine::quant
