#include "core/jobs/experiment/read_run.h"

#include "core/base/cut_text.h"
#include "core/base/format.h"

#include <cmath>

namespace vitrine
{
namespace
{

constexpr std::size_t kLongestName = 60, kLongestProblem = 400; // bytes

// One entry per row of a stored table; without the column, what `value` says of no value.
template <typename Value>
auto columnOf(const RunResult& result, std::string_view table, std::string_view column, Value value)
{
    std::vector<decltype(value(Cell{}))> values;
    const Table* found = result.table(table);
    for (std::size_t row = 0; found && row < found->rows.size(); ++row)
        values.push_back(value(RowReader(*found, row).cell(column)));
    return values;
}

} // namespace

double numberOf(const Cell& cell)
{
    if (const auto* real = std::get_if<double>(&cell))
        return *real;
    if (const auto* whole = std::get_if<std::int64_t>(&cell))
        return static_cast<double>(*whole);
    return std::nan("");
}

std::string textOf(const Cell& cell)
{
    const auto* text = std::get_if<std::string>(&cell);
    return text ? *text : std::string();
}

std::optional<std::int64_t> wholeWithin(double value, std::int64_t low, std::int64_t high)
{
    if (!(value >= static_cast<double>(low) && value <= static_cast<double>(high)) ||
        std::abs(value) >= 0x1p63)
        return std::nullopt;
    return static_cast<std::int64_t>(value);
}

bool RowReader::has(std::string_view column) const
{
    return table_.column(column) >= 0;
}

const Cell& RowReader::cell(std::string_view column) const
{
    static const Cell kNone;
    const int place = table_.column(column);
    if (place < 0 || row_ >= table_.rows.size())
        return kNone;
    const auto& row = table_.rows[row_];
    return static_cast<std::size_t>(place) < row.size() ? row[static_cast<std::size_t>(place)]
                                                        : kNone;
}

double RowReader::number(std::string_view column) const
{
    return numberOf(cell(column));
}

double RowReader::number(std::string_view column, double fallback) const
{
    return has(column) ? number(column) : fallback;
}

std::optional<std::int64_t> RowReader::whole(std::string_view column, std::int64_t low,
                                             std::int64_t high) const
{
    return wholeWithin(number(column), low, high);
}

std::int64_t RowReader::whole(std::string_view column, std::int64_t fallback) const
{
    constexpr std::int64_t kExact =
        1'000'000'000'000'000; // a double still tells its neighbours apart
    return whole(column, -kExact, kExact).value_or(fallback);
}

std::string RowReader::text(std::string_view column) const
{
    return textOf(cell(column));
}

bool RowReader::flag(std::string_view column) const
{
    const std::string word = text(column);
    return word == "yes" || word == "true" || number(column) == 1;
}

std::vector<double> columnNumbers(const RunResult& result, std::string_view table,
                                  std::string_view column)
{
    return columnOf(result, table, column, numberOf);
}

std::vector<std::string> columnTexts(const RunResult& result, std::string_view table,
                                     std::string_view column)
{
    return columnOf(result, table, column, textOf);
}

std::string whatIsUnsound(const Table& table)
{
    if (table.columns.empty())
        return "it has no columns";
    std::string problems;
    const auto say = [&](const std::string& problem) {
        problems += (problems.empty() ? "" : ", ") + problem;
    };
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        const std::string name = cutText(table.columns[column].name, kLongestName);
        if (table.column(table.columns[column].name) < static_cast<int>(column))
            say(fmt::format("two columns are named {}", name));
        std::size_t texts = 0;
        for (std::size_t row = 0; !table.columns[column].unit.empty() && row < table.rows.size();
             ++row)
            texts += column < table.rows[row].size() &&
                     std::holds_alternative<std::string>(table.rows[row][column]);
        if (texts > 0)
            say(fmt::format("{} of {} {} no number{}",
                            texts == 1 ? "1 cell" : fmt::format("{} cells", texts), name,
                            texts == 1 ? "is" : "are", texts == 1 ? "" : "s"));
    }
    return cutText(problems, kLongestProblem);
}

std::string whatIsUnsound(const RunRecord& run)
{
    std::string problems;
    for (const Table& table : run.result.tables)
        if (const std::string problem = whatIsUnsound(table); !problem.empty())
            problems += fmt::format("{}table {}: {}", problems.empty() ? "" : "; ",
                                    cutText(table.name, kLongestName), problem);
    return cutText(problems, kLongestProblem);
}

double metricOf(const RunResult& result, std::string_view name)
{
    const Metric* metric = result.metric(name);
    return metric ? metric->value : std::nan("");
}

const ParamValue* parameterOf(const Params& params, std::string_view name)
{
    const auto found = params.all().find(name);
    return found == params.all().end() ? nullptr : &found->second;
}

double parameterNumber(const Params& params, std::string_view name, double fallback)
{
    const ParamValue* value = parameterOf(params, name);
    if (value == nullptr)
        return fallback;
    if (const auto* real = std::get_if<double>(value))
        return *real;
    if (const auto* whole = std::get_if<std::int64_t>(value))
        return static_cast<double>(*whole);
    const auto* text = std::get_if<std::string>(value);
    return text ? parseReal(*text).value_or(fallback) : fallback;
}

int parameterWhole(const Params& params, std::string_view name, int low, int high, int fallback)
{
    const auto value = wholeWithin(parameterNumber(params, name, fallback), low, high);
    return value ? static_cast<int>(*value) : fallback;
}

std::string parameterText(const Params& params, std::string_view name)
{
    const ParamValue* value = parameterOf(params, name);
    return value ? paramText(*value) : std::string();
}

} // namespace vitrine
