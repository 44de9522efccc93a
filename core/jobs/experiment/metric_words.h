#pragma once

#include "core/jobs/experiment/run_result.h"

#include <optional>
#include <string>
#include <string_view>

namespace vitrine
{

// What a quantity is called where its unit stands beside it: "energy_mj" (mJ) is "energy",
// "edp_gain" is "EDP gain".
std::string titleOf(std::string_view name, std::string_view unit);
std::string metricTitle(const Metric& metric);

// A question that was answered: 1 is yes, 0 is no. Its help says what 1 means, "1: every mapping of
// the space was evaluated".
bool isYesNo(const Metric& metric);

// What stands for a metric's number: "yes" or "no"; "< 1e−300" for a p-value that is only known to
// be below. Nothing: the number itself.
std::optional<std::string> wordsFor(const Metric& metric);

} // namespace vitrine
