#pragma once

#include "core/attention/calibrated_llm.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// What a person sets for single heads and single sinks, as text in a parameter.
namespace vitrine::calibration_plugin
{

// "3.1=0.2,4.0=0.5": beta of single heads. Empty: none.
Result<std::map<model::LayerHead, double>> parseHeadBetas(std::string_view text,
                                                          const model::LlmConfig& config);
std::string headBetasText(const std::map<model::LayerHead, double>& betas);

// "3.1:7,3.1:12,4.0:2": single columns, ascending. Empty: none. `name` is the parameter's.
using HeadSinks = std::map<model::LayerHead, std::vector<std::int32_t>>;
Result<HeadSinks> parseHeadSinks(std::string_view text, std::string_view name,
                                 const model::LlmConfig& config);
std::string headSinksText(const HeadSinks& sinks);

// What of it has no effect on a text of so many tokens.
std::vector<std::string> handPickedNotes(const attention::CalibrationPlan& plan,
                                         std::int64_t tokens);

} // namespace vitrine::calibration_plugin
