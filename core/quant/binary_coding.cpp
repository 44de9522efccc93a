#include "core/quant/binary_coding.h"

#include "core/base/random.h"
#include "core/tensor/tensor_view.h"

#include <Eigen/Core>
#include <Eigen/QR>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace vitrine::quant
{
namespace
{

using Scales = std::array<double, kMostCodes>;

// A group's weights in ascending order with the sums of the first i of them and of their squares.
// Codes of nearest values are intervals of it, so that a round needs no look at each weight.
struct SortedGroup {
    explicit SortedGroup(std::span<const double> weights)
        : values(weights.begin(), weights.end()),
          sums(weights.size() + 1),
          squares(weights.size() + 1)
    {
        std::ranges::sort(values);
        for (std::size_t i = 0; i < values.size(); ++i) {
            sums[i + 1] = sums[i] + values[i];
            squares[i + 1] = squares[i] + values[i] * values[i];
        }
    }
    // The first that is not below x.
    std::size_t position(double x) const
    {
        return static_cast<std::size_t>(std::ranges::lower_bound(values, x) - values.begin());
    }

    std::vector<double> values, sums, squares;
};

// Weights [begin, end) of a sorted group and what they are coded as.
struct CodeInterval {
    std::size_t begin = 0, end = 0;
    std::uint8_t code = 0;
    double value = 0;

    friend bool operator==(const CodeInterval&, const CodeInterval&) = default;
};

struct Coding {
    std::array<CodeInterval, 1 << kMostCodes> intervals = {};
    std::size_t count = 0;

    std::span<CodeInterval> all() { return {intervals.data(), count}; }
    std::span<const CodeInterval> all() const { return {intervals.data(), count}; }
    friend bool operator==(const Coding&, const Coding&) = default;
};

double signOf(std::uint8_t code, int plane)
{
    return (code >> plane) & 1 ? 1.0 : -1.0;
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

// Each plane splits each interval at its value; what equals it goes up: sign(0) = +1.
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

// As a round leaves them.
Scales rounded(Scales scales, const BinaryFitSettings& how)
{
    if (how.rounding == ScaleRounding::powers)
        for (double& scale : scales)
            scale = static_cast<double>(additivePowers(scale, how.terms).value);
    return scales;
}

struct Best {
    Scales scales = {}; // not yet rounded
    double error = INFINITY;

    void consider(const Scales& candidate, double candidateError)
    {
        if (candidateError < error)
            *this = {candidate, candidateError};
    }
};

// Alternates from a coding; the error after each round.
void refine(const SortedGroup& group, Coding coding, Scales before, const BinaryFitSettings& how,
            Best& best, std::vector<double>& errors)
{
    for (int round = 0; round < how.rounds; ++round) {
        const Scales scales = leastSquares(group, coding, before, how.bits);
        before = rounded(scales, how);
        const Coding next = nearestCoding(group, how.bits, before);
        errors.push_back(squaredError(group, next));
        best.consider(scales, errors.back());
        if (next == coding) { // from here on nothing changes
            errors.resize(errors.size() + static_cast<std::size_t>(how.rounds - round - 1),
                          errors.back());
            return;
        }
        coding = next;
    }
}

void considerStart(const SortedGroup& group, const Scales& scales, const BinaryFitSettings& how,
                   Best& best)
{
    best.consider(scales,
                  squaredError(group, nearestCoding(group, how.bits, rounded(scales, how))));
}

// Each of the later scales is 1/8 to all of the one before it; together they reach the largest
// weight.
Scales drawnScales(const SortedGroup& group, int bits, Random& random)
{
    Scales scales = {};
    double scale = 1;
    for (int b = 0; b < bits; ++b) {
        scales[static_cast<std::size_t>(b)] = scale;
        scale *= std::exp2(-3 * random.uniform());
    }
    const double reach = std::accumulate(scales.begin(), scales.end(), 0.0);
    const double most = std::max(std::abs(group.values.front()), std::abs(group.values.back()));
    for (double& each : scales)
        each *= most / reach;
    return scales;
}

// Scales beyond the range of half precision stay at its end.
float roundedToHalf(double scale)
{
    return fromHalf(toHalf(static_cast<float>(std::min(scale, 65504.0))));
}

} // namespace

std::array<double, kMostCodes> greedyScales(std::span<const double> weights, int bits)
{
    Scales scales = {};
    greedyCoding(SortedGroup(weights), bits, scales);
    return scales;
}

BinaryFit fitBinaryCodes(std::span<const double> weights, const BinaryFitSettings& how)
{
    assert(!weights.empty() && how.bits >= 1 && how.bits <= kMostCodes);
    const SortedGroup group(weights);
    BinaryFit fit;
    Best best;
    Scales start = {};
    const Coding greedy = greedyCoding(group, how.bits, start);
    fit.roundErrors = {squaredError(group, greedy)};
    considerStart(group, start, how, best);
    refine(group, greedy, start, how, best, fit.roundErrors);

    Random random(how.seed);
    for (int i = 0; i < how.restarts; ++i) {
        start = drawnScales(group, how.bits, random);
        considerStart(group, start, how, best);
        std::vector<double> errors;
        refine(group, nearestCoding(group, how.bits, start), start, how, best, errors);
    }

    std::ranges::sort(best.scales, std::ranges::greater{});
    for (std::size_t b = 0; b < static_cast<std::size_t>(how.bits); ++b) {
        if (how.rounding == ScaleRounding::powers)
            fit.powers[b] = additivePowers(best.scales[b], how.terms);
        fit.scales[b] = how.rounding == ScaleRounding::half ? roundedToHalf(best.scales[b])
                        : how.rounding == ScaleRounding::powers
                            ? fit.powers[b].value
                            : static_cast<float>(best.scales[b]);
    }
    return fit;
}

BinaryLevels::BinaryLevels(std::span<const float> scales) : count_(std::size_t{1} << scales.size())
{
    assert(!scales.empty() && scales.size() <= kMostCodes);
    for (std::size_t c = 0; c < count_; ++c) {
        levels_[c].code = static_cast<std::uint8_t>(c);
        for (std::size_t b = 0; b < scales.size(); ++b)
            levels_[c].value += (c >> b) & 1 ? scales[b] : -scales[b];
    }
    std::ranges::stable_sort(levels_.begin(), levels_.begin() + static_cast<std::ptrdiff_t>(count_),
                             {}, &Level::value);
    for (std::size_t i = 0; i + 1 < count_; ++i)
        middles_[i] = (static_cast<double>(levels_[i].value) + levels_[i + 1].value) / 2;
}

const BinaryLevels::Level& BinaryLevels::nearest(double weight) const
{
    std::size_t level = 0;
    for (std::size_t step = count_ / 2; step > 0; step /= 2)
        level += weight >= middles_[level + step - 1] ? step : 0;
    return levels_[level];
}

} // namespace vitrine::quant
