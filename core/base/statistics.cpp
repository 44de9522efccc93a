#include "core/base/statistics.h"

#include "core/base/random.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

namespace vitrine
{
namespace
{

// The two-sided quantile: 1.96 for 0.95.
double twoSided(double confidence)
{
    assert(confidence > 0 && confidence < 1);
    return normalQuantile(0.5 + confidence / 2);
}

// P(X = k) of a fair binomial of n.
double fairBinomial(std::int64_t k, std::int64_t n)
{
    const auto logFactorial = [](std::int64_t m) {
        return std::lgamma(static_cast<double>(m) + 1);
    };
    return std::exp(logFactorial(n) - logFactorial(k) - logFactorial(n - k) -
                    static_cast<double>(n) * std::numbers::ln2);
}

double lowerTail(std::int64_t k, std::int64_t n)
{
    double sum = 0;
    for (std::int64_t i = 0; i <= k; ++i)
        sum += fairBinomial(i, n);
    return sum;
}

// Tango (1998): the score statistic of "the difference is delta". With x = gained, y = lost, the
// probability of a loss under that hypothesis is the larger root of 2 n q^2 + b q + c = 0.
double tangoScore(const PairedCounts& counts, double delta)
{
    const auto n = static_cast<double>(counts.items());
    const auto x = static_cast<double>(counts.gained), y = static_cast<double>(counts.lost);
    const double b = -x - y + (2 * n - x + y) * delta;
    const double c = -y * delta * (1 - delta);
    const double q = (std::sqrt(std::max(0.0, b * b - 8 * n * c)) - b) / (4 * n);
    const double variance = n * (2 * q + delta * (1 - delta));
    const double deviation = x - y - n * delta;
    if (variance <= 0) // an end of the range: certain, or impossible
        return deviation == 0 ? 0
                              : std::copysign(std::numeric_limits<double>::infinity(), deviation);
    return deviation / std::sqrt(variance);
}

// The delta in [low, high] where the score, which falls with delta, passes `level`.
double whereScoreIs(const PairedCounts& counts, double level, double low, double high)
{
    for (int i = 0; i < 200 && low < high; ++i) {
        const double middle = std::midpoint(low, high);
        (tangoScore(counts, middle) > level ? low : high) = middle;
    }
    return std::midpoint(low, high);
}

} // namespace

double normalQuantile(double p)
{
    assert(p > 0 && p < 1);
    double low = -40,
           high = 40; // bisection: a few hundred erfc are cheap, and exact to the last bits
    for (int i = 0; i < 200; ++i) {
        const double middle = std::midpoint(low, high);
        (std::erfc(-middle / std::numbers::sqrt2) / 2 < p ? low : high) = middle;
    }
    return std::midpoint(low, high);
}

Interval wilsonInterval(std::int64_t successes, std::int64_t trials, double confidence)
{
    assert(successes >= 0 && successes <= trials);
    if (trials == 0)
        return {0, 1};
    const auto n = static_cast<double>(trials);
    const double z = twoSided(confidence), share = static_cast<double>(successes) / n;
    const double centre = share + z * z / (2 * n);
    const double spread = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    const double scale = 1 + z * z / n;
    // At the ends the bound is the end itself, whatever rounding says.
    return {successes == 0 ? 0 : (centre - spread) / scale,
            successes == trials ? 1 : (centre + spread) / scale};
}

double PairedCounts::difference() const
{
    return items() == 0 ? 0 : static_cast<double>(gained - lost) / static_cast<double>(items());
}

PairedCounts pairedCounts(std::span<const bool> before, std::span<const bool> after)
{
    assert(before.size() == after.size());
    PairedCounts counts;
    for (std::size_t i = 0; i < before.size(); ++i)
        ++(before[i] ? (after[i] ? counts.bothRight : counts.lost)
                     : (after[i] ? counts.gained : counts.bothWrong));
    return counts;
}

double mcnemarExact(const PairedCounts& counts)
{
    const std::int64_t changed = counts.gained + counts.lost;
    return std::clamp(2 * lowerTail(std::min(counts.gained, counts.lost), changed), kLeastChance,
                      1.0);
}

double mcnemarMidP(const PairedCounts& counts)
{
    const std::int64_t changed = counts.gained + counts.lost,
                       less = std::min(counts.gained, counts.lost);
    if (changed == 0)
        return 1;
    return std::clamp(2 * lowerTail(less, changed) - fairBinomial(less, changed), kLeastChance,
                      1.0);
}

Interval pairedDifferenceInterval(const PairedCounts& counts, double confidence)
{
    if (counts.items() == 0)
        return {-1, 1};
    const double z = twoSided(confidence), difference = counts.difference();
    return {whereScoreIs(counts, z, -1, difference), whereScoreIs(counts, -z, difference, 1)};
}

Interval bootstrapMean(std::span<const double> values, std::uint64_t seed, double confidence,
                       int resamples)
{
    const std::vector<double> ones(values.size(), 1);
    return bootstrapRatio(values, ones, seed, confidence, resamples);
}

Interval bootstrapRatio(std::span<const double> numerators, std::span<const double> denominators,
                        std::uint64_t seed, double confidence, int resamples)
{
    if (numerators.empty())
        return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
    Random random(seed);
    std::vector<double> ratios(static_cast<std::size_t>(resamples));
    for (double& ratio : ratios) {
        double above = 0, below = 0;
        for (std::size_t i = 0; i < numerators.size(); ++i) {
            const std::size_t drawn = random.below(numerators.size());
            above += numerators[drawn];
            below += denominators[drawn];
        }
        ratio = above / below;
    }
    std::ranges::sort(ratios);
    const auto at = [&](double share) {
        return ratios[static_cast<std::size_t>(share * static_cast<double>(ratios.size() - 1) +
                                               0.5)];
    };
    return {at((1 - confidence) / 2), at((1 + confidence) / 2)};
}

} // namespace vitrine
