#pragma once

#include "core/jobs/experiment/run_result.h"
#include "plugins/calibration/experiments/tune_pass.h"

#include <string>
#include <vector>

// Sinks of every head, before and after calibration.
namespace vitrine::calibration_plugin
{

struct HeadFindings {
    model::LayerHead where = {};
    const model::HeadSummary* original = nullptr; // of the original model
    const model::HeadSummary* changed = nullptr;  // of A', or of A behind calibrated layers
    const attention::CalibratedHead* calibrated = nullptr; // none: the head is not calibrated
    std::vector<float> score = {}, scoreAfter = {};        // s[j] of the two
    std::vector<attention::Sink> before = {}, after = {};  // what the rule flags in each
    double massBefore = 0, massAfter = 0;                  // on the columns flagged before
};
// Layer by layer, head by head. Refers to the passes.
std::vector<HeadFindings> findingsOf(const OriginalPass& original, const ChangedPass& changed,
                                     std::int64_t window);

// One row for each column that is flagged in the original map or shrunk.
Table sinksTable(const std::vector<HeadFindings>& heads, const std::vector<std::string>& pieces);

// Where sinks stand in the text and which tokens they are, counted over all heads.
Table censusTable(const std::vector<HeadFindings>& heads, const TokenText& text);

} // namespace vitrine::calibration_plugin
