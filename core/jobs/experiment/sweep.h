#pragma once

#include "core/jobs/experiment/experiment.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vitrine
{

// Many runs of one experiment: every combination of the values of the varied parameters.
//   {"format": 1, "name": "beta and alpha", "experiment": "calibration.evaluate",
//    "set":  {"model": "vitrine-lm", "rule": "relative"},
//    "vary": {"beta": {"from": 0, "to": 1, "steps": 6}, "alpha": [3, 5, 7]}}
// A value is a text, a number, true or false, or a list of whole numbers. A range has `steps`
// values with both ends among them, in equal steps, or in equal ratios where "scale" is "log".
struct SweepStudy {
    std::string name;
    std::string experiment;
    std::map<std::string, std::string> fixed;                             // as `--set` gives them
    std::vector<std::pair<std::string, std::vector<std::string>>> varied; // in the file's order
};

inline constexpr std::size_t kMostSweepPoints = 100'000;

// Untrusted text; `where` names it in messages. More than kMostSweepPoints combinations, a
// parameter both set and varied, or none varied: input error.
Result<SweepStudy> parseSweep(std::string_view text, std::string_view where);

// The parameters of every run; the parameter varied last changes fastest.
std::vector<std::map<std::string, std::string>> sweepPoints(const SweepStudy& study);

// The uid of the run of these resolved parameters within the study. It depends on nothing else, so
// that a study that was stopped, or that has grown, runs only what is missing.
std::string sweepUid(const SweepStudy& study, int experimentVersion, const Params& resolved);

} // namespace vitrine
