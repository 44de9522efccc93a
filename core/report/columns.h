#pragma once

#include "core/report/document.h"

#include <vector>

namespace vitrine::report
{

// A table wider than the page as several: groups of columns (indices) that fit `room` together,
// given the width each column needs, in one unit. The columns that tell the rows apart (at most the
// first three) stand in every group. A column wider than the room has what is left of it.
std::vector<std::vector<std::size_t>> columnGroups(const DataTable& table,
                                                   const std::vector<double>& widths, double room);

// The rows that pages show, these columns only.
DataTable withColumns(const DataTable& table, const std::vector<std::size_t>& columns);

} // namespace vitrine::report
