#include "core/report/tables.h"

#include "core/base/number_text.h"
#include "core/jobs/experiment/metric_words.h"
#include "core/jobs/experiment/read_run.h"
#include "core/jobs/experiment/table_digits.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vitrine::report
{
namespace
{

using Runs = std::vector<RunRecord>;

std::vector<Heading> runHeadings(const Runs& runs, const std::string& first)
{
    std::vector<Heading> headings = {{.name = first}};
    for (const RunRecord& run : runs)
        headings.push_back({.name = runName(run), .number = true});
    return headings;
}

// Names in the order in which the runs bring them.
template <typename NamesOf>
std::vector<std::string> allNames(const Runs& runs, NamesOf namesOf)
{
    std::vector<std::string> names;
    for (const RunRecord& run : runs)
        for (const std::string& name : namesOf(run))
            if (std::ranges::find(names, name) == names.end())
                names.push_back(name);
    return names;
}

std::vector<std::string> metricNames(const RunRecord& run)
{
    std::vector<std::string> names;
    for (const Metric& metric : run.result.metrics)
        names.push_back(metric.name);
    return names;
}

// What stands where a run has no such value: why, where it did not end well.
Value absent(const RunRecord& run)
{
    const bool whole = run.state == RunState::done;
    return {.text = whole ? "–" : std::string(runStateName(run.state)), .number = true};
}

// Those of the runs' values of one metric, which stand beside each other.
std::optional<int> rowDecimals(const Runs& runs, const std::string& name, int digits)
{
    std::vector<double> values;
    for (const RunRecord& run : runs)
        values.push_back(metricOf(run.result, name));
    return values.size() > 1 ? commonDecimals(values, digits) : std::nullopt;
}

Value metricValue(const Metric& metric, int digits, std::optional<int> decimals)
{
    Value value = numberValue(metric.value, metric.origin == Origin::measured, digits, decimals);
    if (const auto words = wordsFor(metric)) {
        value.full = value.text;
        value.text = *words;
    }
    return value;
}

Value difference(const Runs& two, const std::string& name, int digits)
{
    const Metric* a = two[0].result.metric(name);
    const Metric* b = two[1].result.metric(name);
    if (a == nullptr || b == nullptr)
        return absent(two[a == nullptr ? 0 : 1]);
    if (a->unit != b->unit)
        return {.text = "–", .number = true};
    Value value = numberValue(b->value - a->value, b->origin == Origin::measured, digits);
    if (b->value > a->value)
        value.text = "+" + value.text;
    value.emphasis = b->origin == Origin::computed && a->value != b->value;
    return value;
}

} // namespace

DataTable metricTable(const std::vector<RunRecord>& runs, const TableItem& item)
{
    DataTable table{.name = item.title.empty() ? "Metrics" : item.title,
                    .columns = runHeadings(runs, "metric")};
    table.columns.insert(table.columns.begin() + 1, Heading{.name = "unit"});
    if (runs.size() == 2)
        table.columns.push_back(
            {.name = "difference", .help = "second minus first", .number = true});
    for (const std::string& name :
         item.columns.empty() ? allNames(runs, metricNames) : item.columns) {
        std::string unit;
        std::vector<Value> row;
        const auto decimals = rowDecimals(runs, name, item.digits);
        for (const RunRecord& run : runs) {
            const Metric* metric = run.result.metric(name);
            row.push_back(metric ? metricValue(*metric, item.digits, decimals) : absent(run));
            if (metric)
                unit = metric->unit;
        }
        row.insert(row.begin(), {Value{.text = name}, Value{.text = unit == "1" ? "" : unit}});
        if (runs.size() == 2)
            row.push_back(difference(runs, name, item.digits));
        table.rows.push_back(std::move(row));
    }
    const auto measured = [](const Metric& m) { return m.origin == Origin::measured; };
    if (std::ranges::any_of(runs, [&](const RunRecord& run) {
            return std::ranges::any_of(run.result.metrics, measured);
        }))
        table.remark = "† measured: a time or a rate of that machine at that moment. All others "
                       "are computed and repeat bit for bit.";
    return table;
}

DataTable parameterTable(const std::vector<RunRecord>& runs, const TableItem& item)
{
    DataTable table{.name = item.title.empty() ? "Parameters" : item.title,
                    .columns = runHeadings(runs, "parameter")};
    const auto names = allNames(runs, [](const RunRecord& run) {
        std::vector<std::string> list;
        for (const auto& [name, value] : run.params.all())
            list.push_back(name);
        return list;
    });
    for (const std::string& name : item.columns.empty() ? names : item.columns) {
        std::vector<Value> row = {{.text = name}};
        std::set<std::string> seen;
        for (const RunRecord& run : runs) {
            const auto found = run.params.all().find(name);
            row.push_back(found == run.params.all().end() ? Value{.text = "–", .number = true}
                                                          : parameterValue(found->second));
            seen.insert(row.back().full.empty() ? row.back().text : row.back().full);
        }
        if (seen.size() > 1)
            for (Value& value : row)
                value.emphasis = true;
        table.rows.push_back(std::move(row));
    }
    if (runs.size() > 1)
        table.remark = "What differs is set in bold.";
    return table;
}

DataTable dataTable(const Table& source, const std::string& name, const TableItem& item)
{
    DataTable table{.name = item.title.empty() ? name : item.title};
    std::vector<std::size_t> chosen;
    for (std::size_t c = 0; c < source.columns.size(); ++c)
        if (item.columns.empty())
            chosen.push_back(c);
    for (const std::string& column : item.columns)
        if (const int c = source.column(column); c >= 0)
            chosen.push_back(static_cast<std::size_t>(c));
    for (const std::size_t c : chosen) {
        const Column& column = source.columns[c];
        table.columns.push_back({column.name, column.unit, column.help, !column.unit.empty(),
                                 column.origin == Origin::measured});
    }
    const auto decimals = columnDecimals(source, item.digits);
    for (const auto& cells : source.rows) {
        std::vector<Value> row;
        for (std::size_t i = 0; i < chosen.size(); ++i) {
            row.push_back(cellValue(chosen[i] < cells.size() ? cells[chosen[i]] : Cell{},
                                    item.digits, decimals[chosen[i]]));
            if (row.back().number)
                table.columns[i].number = true;
        }
        table.rows.push_back(std::move(row));
    }
    table.shown = static_cast<std::size_t>(item.rows);
    if (table.rows.size() > table.shown)
        table.remark = fmt::format("The first {} of {} rows; vitrine runs export writes all.",
                                   table.shown, countText(table.rows.size()));
    if (const std::string problem = whatIsUnsound(source); !problem.empty())
        table.remark += (table.remark.empty() ? "As stored, " : " As stored, ") + problem + ".";
    return table;
}

std::vector<Block> noteBlocks(const std::vector<RunRecord>& runs)
{
    std::vector<Block> blocks;
    for (const RunRecord& run : runs) {
        const std::string who = runs.size() == 1 ? "" : runName(run) + ": ";
        if (!run.note.empty())
            blocks.push_back(Paragraph{who + run.note});
        for (const std::string& note : run.result.notes)
            blocks.push_back(Paragraph{who + note, true});
    }
    return blocks;
}

std::vector<Block> stateRemarks(const std::vector<RunRecord>& runs)
{
    std::vector<Block> blocks;
    for (const RunRecord& run : runs)
        if (run.state != RunState::done)
            blocks.push_back(
                Paragraph{fmt::format("{} is {}{}{}", runName(run), runStateName(run.state),
                                      run.error.empty() ? "" : ": ", run.error),
                          true});
    return blocks;
}

} // namespace vitrine::report
