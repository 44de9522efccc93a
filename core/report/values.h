#pragma once

#include "core/report/document.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// How single things of a run are told in a report.
namespace vitrine::report
{

std::string runName(const RunRecord& run); // "run 12", outside a store "run 5f0c1a2b"
std::string
subjectOf(const RunRecord& run); // "vitrine-lm · speech-2016.txt": model and input, by name

std::string countText(std::uint64_t count); // "12,345"
// With so many significant digits, or with the decimals that its column has in common.
Value numberValue(double value, bool measured, int digits = 4, std::optional<int> decimals = {});
Value cellValue(const Cell& cell, int digits = 4, std::optional<int> decimals = {});
Value parameterValue(const ParamValue& value); // long texts shortened, in full on hover

// Value::full for people: of a number with a true minus sign, anything else as it is.
std::string inFull(const Value& value);
// For a hover: of a number as readOut() has it; empty where that is what stands there already.
std::string hoverText(const Value& value);

// The appendix: how each run is repeated and what it ran on.
Section originSection(const std::vector<RunRecord>& runs);

} // namespace vitrine::report
