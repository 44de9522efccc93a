#pragma once

#include "core/jobs/experiment/run_record.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// How views, figures and reports read a stored run. A stored run is not trusted: a table, column or
// parameter that is missing or of another type reads as "not there", never as a wrong value. Types
// and shapes are checked here, once.
namespace vitrine
{

double numberOf(const Cell& cell);    // NaN where it holds no number
std::string textOf(const Cell& cell); // "" where it holds no text

// A whole number from low to high (fractions are cut off); none where the value is none of these.
std::optional<std::int64_t> wholeWithin(double value, std::int64_t low, std::int64_t high);

// A row of a table by column names. The table outlives the reader.
class RowReader
{
public:
    RowReader(const Table& table, std::size_t row) : table_(table), row_(row) {}

    bool has(std::string_view column) const;
    const Cell& cell(std::string_view column) const; // no value where there is none
    double number(std::string_view column) const;    // NaN where there is none
    // `fallback` where the table has no such column; NaN where the cell holds no number.
    double number(std::string_view column, double fallback) const;
    std::optional<std::int64_t> whole(std::string_view column, std::int64_t low,
                                      std::int64_t high) const;
    std::int64_t whole(std::string_view column, std::int64_t fallback = 0) const;
    std::string text(std::string_view column) const; // "" where there is none
    bool flag(std::string_view column) const;        // 1, "yes", "true"

private:
    const Table& table_;
    std::size_t row_;
};

// A column with one entry per row of the table, whatever the table holds: columns of one table can
// be walked side by side. Empty only where there is no such table or it has no rows. Cells that
// hold no number are NaN, cells that hold no text "".
std::vector<double> columnNumbers(const RunResult& result, std::string_view table,
                                  std::string_view column);
std::vector<std::string> columnTexts(const RunResult& result, std::string_view table,
                                     std::string_view column);

// What of a stored table is not as its head says, in words for people: no columns, a column named
// twice, texts in a column of numbers (one with a unit). Empty where it is sound.
std::string whatIsUnsound(const Table& table);
std::string whatIsUnsound(
    const RunRecord& run); // of its tables, in one line: "table layers: 2 cells of cycles are ..."

double metricOf(const RunResult& result, std::string_view name); // NaN where there is none

// Parameters of a run that failed before it began may be texts as they were given: a text that
// reads as a number is that number.
const ParamValue* parameterOf(const Params& params, std::string_view name); // nullptr: none
double parameterNumber(const Params& params, std::string_view name, double fallback);
int parameterWhole(const Params& params, std::string_view name, int low, int high, int fallback);
std::string parameterText(const Params& params, std::string_view name); // as text, "" where none

} // namespace vitrine
