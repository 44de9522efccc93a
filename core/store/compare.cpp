#include "core/store/store.h"

#include "core/base/format.h"
#include "core/base/json.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace vitrine
{
namespace
{

using Lines = std::vector<std::string>;

bool sameBits(double a, double b)
{
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
           (std::isnan(a) && std::isnan(b));
}

// Not finite numbers are stored as "no value".
Cell stored(const Cell& cell)
{
    const auto* number = std::get_if<double>(&cell);
    return number && !std::isfinite(*number) ? Cell{} : cell;
}

bool sameCell(const Cell& left, const Cell& right)
{
    const Cell a = stored(left), b = stored(right);
    const auto* x = std::get_if<double>(&a);
    const auto* y = std::get_if<double>(&b);
    return x && y ? sameBits(*x, *y) : a == b;
}

std::string text(const Cell& cell)
{
    return dumpJson(toJson(cell));
}

void compareMetrics(const RunResult& a, const RunResult& b, Lines& lines)
{
    for (const auto& metric : a.metrics) {
        const Metric* other = b.metric(metric.name);
        if (!other)
            lines.push_back(fmt::format("metric {}: only in the first run", metric.name));
        else if (metric.origin == Origin::computed && !sameBits(metric.value, other->value))
            lines.push_back(fmt::format("metric {}: {} and {}", metric.name, shortest(metric.value),
                                        shortest(other->value)));
    }
    for (const auto& metric : b.metrics)
        if (!a.metric(metric.name))
            lines.push_back(fmt::format("metric {}: only in the second run", metric.name));
}

// Columns of one table that the other has not, by name; versions add columns.
void compareHeads(const Table& a, const Table& b, const char* where, Lines& lines)
{
    for (const Column& column : a.columns)
        if (b.column(column.name) < 0)
            lines.push_back(
                fmt::format("table {}: column {} only in the {} run", a.name, column.name, where));
}

// One line per table for the values of the columns that both have: the first cell that differs and
// how many do.
void compareTable(const Table& a, const Table& b, Lines& lines)
{
    std::vector<std::pair<std::size_t, std::size_t>> columns; // of a, of b
    bool isSame = a.rows.size() == b.rows.size();
    for (std::size_t left = 0; left < a.columns.size(); ++left)
        if (const int found = b.column(a.columns[left].name); found >= 0) {
            const auto right = static_cast<std::size_t>(found);
            isSame = isSame && a.columns[left] == b.columns[right] &&
                     (columns.empty() || columns.back().second < right);
            columns.emplace_back(left, right);
        }
    if (!isSame || columns.empty() != (a.columns.empty() && b.columns.empty())) {
        lines.push_back(fmt::format("table {}: {} x {} and {} x {}, or other columns", a.name,
                                    a.rows.size(), a.columns.size(), b.rows.size(),
                                    b.columns.size()));
        return;
    }
    compareHeads(a, b, "first", lines);
    compareHeads(b, a, "second", lines);
    std::size_t count = 0;
    std::string first;
    for (std::size_t row = 0; row < a.rows.size(); ++row)
        for (const auto& [left, right] : columns) {
            if (a.columns[left].origin == Origin::measured ||
                sameCell(a.rows[row][left], b.rows[row][right]))
                continue;
            if (count++ == 0)
                first = fmt::format("row {}, {}: {} and {}", row, a.columns[left].name,
                                    text(a.rows[row][left]), text(b.rows[row][right]));
        }
    if (count > 0)
        lines.push_back(fmt::format("table {}: {} cells differ; {}", a.name, count, first));
}

void compareTables(const RunResult& a, const RunResult& b, Lines& lines)
{
    for (const auto& table : a.tables) {
        if (const Table* other = b.table(table.name))
            compareTable(table, *other, lines);
        else
            lines.push_back(fmt::format("table {}: only in the first run", table.name));
    }
    for (const auto& table : b.tables)
        if (!a.table(table.name))
            lines.push_back(fmt::format("table {}: only in the second run", table.name));
}

void compareArtifacts(const RunResult& a, const RunResult& b, Lines& lines)
{
    for (const auto& artifact : a.artifacts) {
        const Artifact* other = b.artifact(artifact.name);
        if (!other)
            lines.push_back(fmt::format("artifact {}: only in the first run", artifact.name));
        else if (artifact.origin == Origin::computed && artifact.sha256 != other->sha256)
            lines.push_back(fmt::format("artifact {}: the bytes differ", artifact.name));
    }
    for (const auto& artifact : b.artifacts)
        if (!a.artifact(artifact.name))
            lines.push_back(fmt::format("artifact {}: only in the second run", artifact.name));
}

std::string inputName(const InputFile& input)
{
    return fmt::format("input {} ({})", input.parameter, input.path);
}

std::string cannotCompare(const InputFile& input)
{
    return inputName(input) +
           ": cannot be compared: of a file above 1 GiB an earlier version hashed only the ends";
}

const InputFile* sameInput(const RunRecord& run, const InputFile& input)
{
    const auto found = std::ranges::find_if(run.result.inputs, [&](const InputFile& other) {
        return other.parameter == input.parameter && other.path == input.path;
    });
    return found == run.result.inputs.end() ? nullptr : &*found;
}

} // namespace

std::vector<std::string> compareInputs(const RunRecord& a, const RunRecord& b)
{
    Lines lines;
    for (const auto& input : a.result.inputs) {
        const InputFile* other = sameInput(b, input);
        if (!other)
            lines.push_back(inputName(input) + ": only in the first run");
        else if (isPartHash(input.sha256) || isPartHash(other->sha256))
            lines.push_back(cannotCompare(input));
        else if (input.sha256 != other->sha256)
            lines.push_back(inputName(input) + ": the bytes differ");
    }
    for (const auto& input : b.result.inputs)
        if (!sameInput(a, input))
            lines.push_back(inputName(input) + ": only in the second run");
    return lines;
}

std::vector<std::string> incomparableInputs(const RunRecord& run)
{
    Lines lines;
    for (const auto& input : run.result.inputs)
        if (isPartHash(input.sha256))
            lines.push_back(cannotCompare(input));
    return lines;
}

std::vector<std::string> compareComputed(const RunRecord& a, const RunRecord& b)
{
    Lines lines;
    if (a.experiment != b.experiment || a.experimentVersion != b.experimentVersion)
        lines.push_back(fmt::format("experiment: {} version {} and {} version {}", a.experiment,
                                    a.experimentVersion, b.experiment, b.experimentVersion));
    if (a.state != b.state)
        lines.push_back(
            fmt::format("state: {} and {}", runStateName(a.state), runStateName(b.state)));
    compareMetrics(a.result, b.result, lines);
    compareTables(a.result, b.result, lines);
    compareArtifacts(a.result, b.result, lines);
    return lines;
}

} // namespace vitrine
