#include "core/report/document.h"

#include "core/base/format.h"
#include "core/report/values.h"
#include "core/store/subject.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace vitrine::report
{
namespace
{

constexpr std::size_t kMostRows = 40;

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

Value difference(const Metric* a, const Metric* b)
{
    if (!a || !b || a->unit != b->unit)
        return {.number = true};
    Value value = numberValue(b->value - a->value, b->origin == Origin::measured);
    if (b->value > a->value)
        value.text = "+" + value.text;
    value.emphasis = b->origin == Origin::computed && a->value != b->value;
    return value;
}

DataTable metricTable(const Runs& runs)
{
    DataTable table{.name = "Metrics", .columns = runHeadings(runs, "metric")};
    table.columns.insert(table.columns.begin() + 1, Heading{.name = "unit"});
    if (runs.size() == 2)
        table.columns.push_back(
            {.name = "difference", .help = "second minus first", .number = true});
    for (const std::string& name : allNames(runs, metricNames)) {
        std::string unit;
        std::vector<Value> row;
        for (const RunRecord& run : runs) {
            const Metric* metric = run.result.metric(name);
            row.push_back(metric ? numberValue(metric->value, metric->origin == Origin::measured)
                                 : Value{.text = "–", .number = true});
            if (metric)
                unit = metric->unit;
        }
        row.insert(row.begin(), {Value{.text = name}, Value{.text = unit == "1" ? "" : unit}});
        if (runs.size() == 2)
            row.push_back(difference(runs[0].result.metric(name), runs[1].result.metric(name)));
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

DataTable parameterTable(const Runs& runs)
{
    DataTable table{.name = "Parameters", .columns = runHeadings(runs, "parameter")};
    const auto names = allNames(runs, [](const RunRecord& run) {
        std::vector<std::string> list;
        for (const auto& [name, value] : run.params.all())
            list.push_back(name);
        return list;
    });
    for (const std::string& name : names) {
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

DataTable dataTable(const Table& source, const std::string& name)
{
    DataTable table{.name = name};
    for (const Column& column : source.columns)
        table.columns.push_back({column.name, column.unit, column.help, !column.unit.empty(),
                                 column.origin == Origin::measured});
    for (std::size_t r = 0; r < std::min(source.rows.size(), kMostRows); ++r) {
        std::vector<Value> row;
        for (std::size_t c = 0; c < source.columns.size(); ++c) {
            const Cell& cell = source.rows[r][c];
            row.push_back(cellValue(cell));
            if (row.back().number)
                table.columns[c].number = true;
        }
        table.rows.push_back(std::move(row));
    }
    if (source.rows.size() > kMostRows)
        table.remark = fmt::format("The first {} of {} rows; vitrine runs export writes all.",
                                   kMostRows, countText(source.rows.size()));
    return table;
}

Section resultSection(const Runs& runs)
{
    Section section{"Results", {}};
    for (const RunRecord& run : runs)
        if (run.state != RunState::done)
            section.blocks.push_back(
                Paragraph{fmt::format("{} is {}{}{}", runName(run), runStateName(run.state),
                                      run.error.empty() ? "" : ": ", run.error),
                          true});
    if (std::ranges::any_of(runs, [](const RunRecord& r) { return !r.result.metrics.empty(); }))
        section.blocks.push_back(metricTable(runs));
    return section;
}

Section tableSection(const Runs& runs)
{
    Section section{"Tables", {}};
    for (const RunRecord& run : runs)
        for (const Table& table : run.result.tables)
            section.blocks.push_back(
                dataTable(table, runs.size() == 1 ? table.name : table.name + ", " + runName(run)));
    return section;
}

Section noteSection(const Runs& runs)
{
    Section section{"Notes", {}};
    for (const RunRecord& run : runs) {
        const std::string who = runs.size() == 1 ? "" : runName(run) + ": ";
        if (!run.note.empty())
            section.blocks.push_back(Paragraph{who + run.note});
        for (const std::string& note : run.result.notes)
            section.blocks.push_back(Paragraph{who + note, true});
    }
    return section;
}

Section parameterSection(const Runs& runs)
{
    return {"Parameters", {parameterTable(runs)}};
}

Section figureSection(std::size_t count)
{
    Section section{"Figures", {}};
    for (std::size_t i = 0; i < count; ++i)
        section.blocks.push_back(FigureBlock{i});
    return section;
}

std::string titleOf(const Runs& runs)
{
    std::string title;
    for (const std::string& id : allNames(
             runs, [](const RunRecord& run) { return std::vector<std::string>{run.experiment}; }))
        title += (title.empty() ? "" : ", ") + id;
    return title.empty() ? "Report" : title;
}

std::string subtitleOf(const Runs& runs)
{
    std::string text;
    for (const RunRecord& run : runs) {
        const std::string subject = subjectOf(run.params);
        text +=
            (text.empty() ? "" : "  |  ") + runName(run) + (subject.empty() ? "" : " · " + subject);
    }
    return text;
}

} // namespace

Document buildReport(const std::vector<RunRecord>& runs, std::vector<figure::Figure> figures)
{
    Document document{.title = titleOf(runs), .subtitle = subtitleOf(runs)};
    for (Section section : {resultSection(runs), figureSection(figures.size()), tableSection(runs),
                            noteSection(runs), parameterSection(runs), originSection(runs)})
        if (!section.blocks.empty())
            document.sections.push_back(std::move(section));
    document.figures = std::move(figures);
    return document;
}

} // namespace vitrine::report
