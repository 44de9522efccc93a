#pragma once

#include "core/attention/calibrated_llm.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// What a person sets for single heads and single sinks, as text in a parameter.
namespace vitrine::calibration_plugin
{

using model::LayerHead;

std::optional<LayerHead> parseHead(std::string_view text); // "3.1"
std::string headText(LayerHead head);                      // "3.1"

struct SinkPlace { // a column of one head
    LayerHead head;
    std::int64_t position = 0;
    friend auto operator<=>(const SinkPlace&, const SinkPlace&) = default;
};
using HeadSinks = std::map<LayerHead, std::vector<std::int32_t>>; // ascending

// "3.1=0.2,4.0=0.5": beta of single heads, 0 to 1. "3.1:7,3.1:12,4.0:2": single columns. Empty:
// none. What is malformed is left out.
std::map<LayerHead, double> parseHeadBetas(std::string_view text);
std::set<SinkPlace> parseSinkPlaces(std::string_view text);
std::string headBetasText(const std::map<LayerHead, double>& betas);
std::string sinkPlacesText(const std::set<SinkPlace>& places);
// The same for a run: argument error for what is malformed and for a head that the model lacks.
// `name` is the parameter's.
Result<std::map<LayerHead, double>> parseHeadBetas(std::string_view text,
                                                   const model::LlmConfig& config);
Result<HeadSinks> parseHeadSinks(std::string_view text, std::string_view name,
                                 const model::LlmConfig& config);

// What of it has no effect on a text of so many tokens.
std::vector<std::string> handPickedNotes(const attention::CalibrationPlan& plan,
                                         std::int64_t tokens);

} // namespace vitrine::calibration_plugin
