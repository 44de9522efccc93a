#pragma once

#include "core/report/document.h"

#include <string>
#include <vector>

namespace vitrine::report
{

// A table wider than the page as several: groups of columns (indices) that fit `room` together,
// given the width each column needs, in one unit. The columns that tell the rows apart (at most the
// first three) stand in every group. A column wider than the room has what is left of it.
std::vector<std::vector<std::size_t>> columnGroups(const DataTable& table,
                                                   const std::vector<double>& widths, double room);

// The table without the columns that say the same in every row, where there are three rows or more;
// its remark says what they say. For pages on which it would not fit.
DataTable withoutConstants(const DataTable& table);

// What a heading is broken into where its column is narrow: "mean_token_mass (byte)" into
// "mean_", "token_", "mass", "(byte)". Short words stay whole.
std::vector<std::string> headingPieces(const Heading& column);

// "first_token_mass (byte) †".
std::string headingText(const Heading& column);

// The rows that pages show, these columns only.
DataTable withColumns(const DataTable& table, const std::vector<std::size_t>& columns);

} // namespace vitrine::report
