#pragma once

#include "core/report/document.h"

// How single things of a run are told in a report.
namespace vitrine::report
{

std::string runName(const RunRecord& run); // "run 12", outside a store "run 5f0c1a2b"
std::string
subjectOf(const RunRecord& run); // "vitrine-lm · speech-2016.txt": model and input, by name

std::string countText(std::uint64_t count);                     // "12,345"
Value numberValue(double value, bool measured, int digits = 4); // significant ones
Value cellValue(const Cell& cell, int digits = 4);
Value parameterValue(const ParamValue& value); // long texts shortened, in full on hover

// The appendix: how each run is repeated and what it ran on.
Section originSection(const std::vector<RunRecord>& runs);

} // namespace vitrine::report
