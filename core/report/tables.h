#pragma once

#include "core/report/manuscript.h"
#include "core/report/values.h"

namespace vitrine::report
{

// One row per metric (those of item.columns, else all in the runs' order), one column per run, and
// the difference (second minus first) where there are two.
DataTable metricTable(const std::vector<RunRecord>& runs, const TableItem& item);
// What differs between the runs is emphasised.
DataTable parameterTable(const std::vector<RunRecord>& runs, const TableItem& item);
// item.columns that the table lacks are left out.
DataTable dataTable(const Table& source, const std::string& name, const TableItem& item);

std::vector<Block> noteBlocks(const std::vector<RunRecord>& runs);
std::vector<Block> stateRemarks(const std::vector<RunRecord>& runs); // of those that are not done

} // namespace vitrine::report
