#pragma once

#include "core/jobs/experiment/run_record.h"

#include <string>
#include <string_view>
#include <vector>

// How the command line writes for people.
namespace vitrine::command
{

// Rows of cells in aligned columns, two blanks between them, the first row a heading. Numbers are
// the caller's texts.
std::string alignedText(const std::vector<std::vector<std::string>>& rows);

std::string oneLine(std::string_view text, std::size_t limit = 200);

// Metrics with units, tables by their first rows, artifacts, notes.
std::string runText(const RunRecord& run);

} // namespace vitrine::command
