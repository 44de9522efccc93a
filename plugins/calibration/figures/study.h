#pragma once

#include "core/base/statistics.h"
#include "plugins/calibration/figures/data.h"

#include <vector>

// What runs of calibration.evaluate and calibration.search measured, read for figures and words.
namespace vitrine::calibration_plugin
{

// A share with its 95 % interval; NaN where the run does not say.
struct Share {
    double value = 0, low = 0, high = 0;
    bool known() const;
    bool hasInterval() const;
};

struct Evaluated {
    Share baseline, calibrated;
    Share control;    // random head sets of the same size: mean and middle 95 %
    Share difference; // calibrated less baseline, paired; in nat per token for texts
    double gained = 0, lost = 0, items = 0;
    double pValue = 0;                             // of McNemar's test; NaN where there is none
    double perplexity = 0, baselinePerplexity = 0; // NaN where the task is none of texts
};
Evaluated evaluated(const RunResult& result);

struct SearchedHead {
    LayerHead id;
    double gain = 0, low = 0, high = 0; // share of right answers; NaN where unknown
    bool kept = false, stopped = false;
};
std::vector<SearchedHead> searchedHeads(const RunResult& result); // by layer and head

struct Searched {
    double before = 0, after = 0; // share of right answers on the held-out half
    Share difference;             // of the two, paired
    Share control;                // gain of the random sets there: mean, lowest, highest
    double kept = 0;
};
Searched searched(const RunResult& result);

} // namespace vitrine::calibration_plugin
