#pragma once

#include <cstdint>
#include <span>

// What can be said of shares and paired differences from few observations.
namespace vitrine
{

struct Interval {
    double low = 0, high = 0;

    friend bool operator==(const Interval&, const Interval&) = default;
};

// z with P(Z <= z) = p for a standard normal Z; 0 < p < 1.
double normalQuantile(double p);

// Wilson's score interval of a share: successes out of trials (E. B. Wilson, JASA 1927; without
// continuity correction). [0, 1] where there are no trials.
Interval wilsonInterval(std::int64_t successes, std::int64_t trials, double confidence = 0.95);

// The same items judged twice; what became of each.
struct PairedCounts {
    std::int64_t bothRight = 0, gained = 0, lost = 0,
                 bothWrong = 0; // gained: wrong before, right after

    std::int64_t items() const { return bothRight + gained + lost + bothWrong; }
    double difference() const; // share right after minus share right before; 0 for no items

    friend bool operator==(const PairedCounts&, const PairedCounts&) = default;
};
PairedCounts pairedCounts(std::span<const bool> before, std::span<const bool> after);

// What stands for any smaller chance: near the end of what a double holds, and 0 it is not. Shown
// as "< 1e-300".
inline constexpr double kLeastChance = 1e-300;
inline constexpr const char* kLeastChanceText = "< 1e−300";

// Two-sided McNemar test of "gained and lost are equally likely": exact, i.e. the binomial test of
// the items that changed. 1 where nothing changed, kLeastChance where it is that or less.
double mcnemarExact(const PairedCounts& counts);
// The mid-p variant, which is less conservative (Fagerland, Lydersen and Laake, 2013); the same
// least value.
double mcnemarMidP(const PairedCounts& counts);

// Score interval of the paired difference (Tango, Statistics in Medicine 1998): all differences
// that a test at that level would not reject. [-1, 1] for no items.
Interval pairedDifferenceInterval(const PairedCounts& counts, double confidence = 0.95);

// Percentile bootstrap of a mean: resamples the values with replacement, `resamples` times, from
// the seed. For paired data the values are the items' differences. NaN for no values.
Interval bootstrapMean(std::span<const double> values, std::uint64_t seed, double confidence = 0.95,
                       int resamples = 10'000);

// The same of a ratio of sums, numerators[i] and denominators[i] drawn together: what windows of
// different length say of a mean per token.
Interval bootstrapRatio(std::span<const double> numerators, std::span<const double> denominators,
                        std::uint64_t seed, double confidence = 0.95, int resamples = 10'000);

} // namespace vitrine
