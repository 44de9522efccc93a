#pragma once

#include "core/attention/calibration.h"
#include "core/attention/head_list.h"
#include "core/jobs/experiment/params.h"

#include <string>
#include <vector>

// The parameters that the experiments of this room share.
namespace vitrine::calibration_plugin
{

// rule, tau, alpha, protect, min_rows with the authors' values, then beta and receivers.
std::vector<ParamSpec> calibrationParams();
// What they say; `reference` too where the experiment has that parameter. Those of a stored run are
// not trusted: see sinkOptions().
attention::Calibration calibrationOf(const Params& params);

// heads and layers: which heads are calibrated.
std::vector<ParamSpec> headParams(const std::string& fallback);
// The layers whose heads may be calibrated.
Result<std::vector<int>> eligibleLayersOf(const Params& params, const model::LlmConfig& config);
// The heads they name, drawn with the run's seed where they are random.
Result<attention::HeadList> headListOf(const Params& params, const model::LlmConfig& config);

} // namespace vitrine::calibration_plugin
