#pragma once

#include "core/report/document.h"

#include <string>

namespace vitrine::report
{

// What the page has between its margins.
inline constexpr double kLatexLine = 455.2; // points: 160 mm

// A booktabs table, a longtable where it is long. What is too wide for the line is set in lesser
// type with broken headings and without the columns that say the same in every row; what is still
// too wide as several tables.
std::string latexTable(const DataTable& table);

} // namespace vitrine::report
