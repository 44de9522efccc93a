#include "core/quant/binary_coding.h"

#include "core/base/random.h"
#include "core/quant/sorted_group.h"
#include "core/tensor/tensor_view.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace vitrine::quant
{
namespace
{

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

} // namespace vitrine::quant
