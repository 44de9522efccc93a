#include "app/command_line/command_line_text.h"

#include "core/base/format.h"
#include "core/base/number_text.h"
#include "core/jobs/experiment/metric_words.h"
#include "core/jobs/experiment/table_digits.h"

#include <algorithm>

namespace vitrine::command
{
namespace
{

constexpr std::size_t kRowsShown = 8;
constexpr std::size_t kCellWidth = 40;

std::size_t width(std::string_view text)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

std::string cellText(const Cell& cell, std::optional<int> decimals)
{
    if (const auto* text = std::get_if<std::string>(&cell))
        return oneLine(*text, kCellWidth);
    if (const auto* number = std::get_if<double>(&cell))
        return columnText(*number, decimals);
    if (const auto* whole = std::get_if<std::int64_t>(&cell))
        return wholeText(*whole);
    return "–";
}

std::string tableText(const Table& table)
{
    std::vector<std::vector<std::string>> rows(1);
    for (const auto& column : table.columns)
        rows[0].push_back(column.unit.empty() || column.unit == "1"
                              ? column.name
                              : column.name + " (" + column.unit + ")");
    const auto shown = std::min(kRowsShown, table.rows.size());
    const auto decimals = columnDecimals(table);
    for (std::size_t i = 0; i < shown; ++i) {
        rows.emplace_back();
        for (std::size_t c = 0; c < std::min(table.rows[i].size(), decimals.size()); ++c)
            rows.back().push_back(cellText(table.rows[i][c], decimals[c]));
    }
    std::string text =
        fmt::format("\n{} ({} rows)\n{}", table.name, table.rows.size(), alignedText(rows));
    if (shown < table.rows.size())
        text += fmt::format("... {} more rows (--json, or vitrine runs export)\n",
                            table.rows.size() - shown);
    return text;
}

} // namespace

std::string oneLine(std::string_view text, std::size_t limit)
{
    std::string line(text.substr(0, limit));
    if (text.size() > limit) {
        while (!line.empty() && (static_cast<unsigned char>(text[line.size()]) & 0xc0) == 0x80)
            line.pop_back();
        line += "…";
    }
    std::ranges::replace_if(
        line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    return line;
}

std::string alignedText(const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths.resize(std::max(widths.size(), i + 1));
            widths[i] = std::max(widths[i], width(row[i]));
        }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += row[i] + std::string(widths[i] - width(row[i]) + 2, ' ');
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

std::string runText(const RunRecord& run)
{
    std::string text =
        fmt::format("{}{}  {}", run.number > 0 ? fmt::format("run {}  ", run.number) : "",
                    run.experiment, runStateName(run.state));
    text += run.seconds > 0 ? fmt::format(" after {}\n", durationText(run.seconds)) : "\n";
    if (!run.error.empty())
        text += run.error + "\n";

    std::vector<std::vector<std::string>> metrics;
    for (const auto& metric : run.result.metrics)
        metrics.push_back({"  " + metric.name, wordsFor(metric).value_or(significant(metric.value)),
                           metric.unit == "1" ? "" : metric.unit});
    text += alignedText(metrics);
    for (const auto& table : run.result.tables)
        text += tableText(table);
    if (!run.result.artifacts.empty())
        text += '\n';
    for (const auto& artifact : run.result.artifacts)
        text += fmt::format("{} ({})  {}\n", artifact.name, bytesText(artifact.bytes),
                            artifact.path.string());
    if (!run.result.notes.empty())
        text += '\n';
    for (const auto& note : run.result.notes)
        text += note + "\n";
    return text;
}

} // namespace vitrine::command
