#pragma once

#include "core/jobs/experiment/run_result.h"

#include <optional>
#include <vector>

namespace vitrine
{

// The decimals that the numbers of each column have in common (core/base/number_text.h); as long as
// table.columns. None in a table whose rows have units of their own: they are of different kinds.
std::vector<std::optional<int>> columnDecimals(const Table& table, int digits = 4);

// Of each column: are its values numbers, as far as they are there?
std::vector<bool> numberColumns(const Table& table);

} // namespace vitrine
