#pragma once

#include "core/attention/calibration.h"
#include "core/base/json_fwd.h"
#include "core/jobs/experiment/params.h"
#include "core/model/llm/llm.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

// What a person tunes: parameters of calibration.tune, from the slider to the run.
namespace vitrine::calibration_plugin
{

using model::LayerHead;

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

struct SinkPlace { // a column of one head
    LayerHead head;
    std::int64_t position = 0;
    friend auto operator<=>(const SinkPlace&, const SinkPlace&) = default;
};
// Text forms: "3.1=0.2,4.0=0.5" (head_betas) and "3.1:7,3.1:20" (sinks_off: left out, sinks_on:
// added by hand). What is malformed is left out.
std::map<LayerHead, double> parseHeadBetas(std::string_view text);
std::set<SinkPlace> parseSinkPlaces(std::string_view text);
std::string sinkPlacesText(const std::set<SinkPlace>& places);
std::optional<LayerHead> parseHead(std::string_view text); // "3.1"
std::string headText(LayerHead head);                      // "3.1"

std::map<LayerHead, double> headBetasOf(const Params& params);
std::set<SinkPlace> sinkPlacesOf(const Params& params, std::string_view name);
double betaOf(const Params& params, LayerHead head); // its own, else that of all heads

} // namespace vitrine::calibration_plugin
