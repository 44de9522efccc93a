#pragma once

#include "core/base/json_fwd.h"
#include "core/jobs/experiment/params.h"
#include "plugins/calibration/experiments/hand_picked.h"

#include <map>
#include <set>
#include <string>
#include <string_view>

// What a person tunes: parameters of calibration.tune, from the slider to the run.
namespace vitrine::calibration_plugin
{

// Of `json` (a state's "tune") the parameters that can be tuned: rule, tau, alpha, protect,
// min_rows, beta, receivers, heads, seed, head_betas, sinks_off, sinks_on. What is malformed or out
// of range is left out.
Params tuningIn(const Json& json);
// The run's parameters with what was tuned.
Params tuned(Params run, const Params& tuning);
// Of `wished` what can be tuned and differs from the run's own.
Params tuningOf(const Params& wished, const Params& run);

// All that can be tuned, as a form takes it.
std::map<std::string, std::string> tuningTexts(const Params& wished);

// The heads to calibrate as the parameter writes them; "all" where nothing says.
std::string headsOf(const Params& params);

std::map<LayerHead, double> headBetasOf(const Params& params);
std::set<SinkPlace> sinkPlacesOf(const Params& params, std::string_view name);
double betaOf(const Params& params, LayerHead head); // its own, else that of all heads

} // namespace vitrine::calibration_plugin
