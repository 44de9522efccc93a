#pragma once

#include "core/base/statistics.h"
#include "core/jobs/experiment/run_result.h"

#include <span>
#include <string>
#include <vector>

// What a comparison of the same items says, in numbers and in words.
namespace vitrine::evaluation
{

struct Verdict {
    PairedCounts counts;
    Interval interval; // 95 % of the difference (Tango)
    double pValue = 1; // exact McNemar
};
Verdict verdictOf(const PairedCounts& counts);

double before(const PairedCounts& counts); // share right
double after(const PairedCounts& counts);

// "ACT helps. ...", "ACT shows neither gain nor harm: ...": says plainly when it does not help.
std::string verdictSentence(const Verdict& verdict, const std::string& whose);

// Random changes of the same extent, as shares right after: mean, and the range of the middle 95 %.
struct Control {
    double mean = 0, low = 0, high = 0;
    std::size_t sets = 0;
};
Control controlOf(std::span<const PairedCounts> sets);
// `sets`: "sets of as many heads".
std::string controlSentence(const Control& control, double accuracy, const std::string& sets);

Metric metricOf(std::string name, double value, std::string help, std::string unit = "1");

} // namespace vitrine::evaluation
