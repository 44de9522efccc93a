#include "core/report/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace vitrine::report
{
namespace
{

constexpr std::size_t kMostKeys = 3;

// How many leading columns name a row: as many as make the rows different, one where none do.
std::size_t keyColumns(const DataTable& table)
{
    for (std::size_t keys = 1; keys <= std::min(kMostKeys, table.columns.size()); ++keys) {
        std::set<std::vector<std::string>> seen;
        bool different = true;
        for (std::size_t r = 0; different && r < table.shownRows(); ++r) {
            std::vector<std::string> key;
            for (std::size_t c = 0; c < keys; ++c)
                key.push_back(table.rows[r][c].text);
            different = seen.insert(std::move(key)).second;
        }
        if (different)
            return keys;
    }
    return 1;
}

bool isConstant(const DataTable& table, std::size_t column)
{
    return std::ranges::all_of(table.rows, [&](const std::vector<Value>& row) {
        return row[column].text == table.rows.front()[column].text &&
               row[column].full == table.rows.front()[column].full;
    });
}

std::string sayConstant(const Heading& column, const Value& value)
{
    const bool unit = !column.unit.empty() && column.unit != "1" && value.number;
    return fmt::format("{} {}{}", column.name, value.text.empty() ? "–" : value.text,
                       unit ? " " + column.unit : "");
}

} // namespace

std::string headingText(const Heading& column)
{
    const bool unit = !column.unit.empty() && column.unit != "1";
    return column.name + (unit ? " (" + column.unit + ")" : "") + (column.measured ? " †" : "");
}

std::vector<std::string> headingPieces(const Heading& column)
{
    std::vector<std::string> pieces(1);
    for (const char c : headingText(column)) {
        if (c != ' ')
            pieces.back() += c;
        if (std::string_view(" _./").find(c) != std::string_view::npos && !pieces.back().empty())
            pieces.emplace_back();
    }
    if (pieces.size() > 1 && pieces.back().empty())
        pieces.pop_back();
    return pieces;
}

DataTable withoutConstants(const DataTable& table)
{
    constexpr std::size_t kFewest = 3; // rows: fewer are the same by chance
    DataTable rest{.name = table.name, .shown = table.shown, .remark = table.remark};
    std::vector<std::size_t> kept;
    std::string said;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        if (table.rows.size() < kFewest || !isConstant(table, c))
            kept.push_back(c);
        else
            said += (said.empty() ? "" : ", ") +
                    sayConstant(table.columns[c], table.rows.front()[c]);
    }
    if (said.empty() || kept.empty())
        return table;
    for (const std::size_t c : kept)
        rest.columns.push_back(table.columns[c]);
    for (const auto& row : table.rows) {
        auto& shorter = rest.rows.emplace_back();
        for (const std::size_t c : kept)
            shorter.push_back(row[c]);
    }
    rest.remark += (rest.remark.empty() ? "" : " ") + ("The same in every row: " + said + ".");
    return rest;
}

std::vector<std::vector<std::size_t>> columnGroups(const DataTable& table,
                                                   const std::vector<double>& widths, double room)
{
    if (std::accumulate(widths.begin(), widths.end(), 0.0) <= room) {
        std::vector<std::size_t> all(widths.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        return {all};
    }
    std::size_t keys = keyColumns(table);
    const auto keyWidth = [&] {
        return std::accumulate(widths.begin(), widths.begin() + static_cast<std::ptrdiff_t>(keys),
                               0.0);
    };
    while (keys > 1 && keyWidth() > room / 2)
        --keys;
    std::vector<std::vector<std::size_t>> groups;
    double left = 0;
    for (std::size_t c = keys; c < widths.size(); ++c) {
        if (groups.empty() || widths[c] > left) {
            groups.emplace_back(keys);
            std::iota(groups.back().begin(), groups.back().end(), std::size_t{0});
            left = room - keyWidth();
        }
        groups.back().push_back(c);
        left -= widths[c];
    }
    if (groups.empty()) { // one column, wider than the room
        groups.emplace_back(widths.size());
        std::iota(groups.back().begin(), groups.back().end(), std::size_t{0});
    }
    return groups;
}

DataTable withColumns(const DataTable& table, const std::vector<std::size_t>& columns)
{
    DataTable part{.name = table.name, .remark = table.remark};
    for (const std::size_t c : columns)
        part.columns.push_back(table.columns[c]);
    for (std::size_t r = 0; r < table.shownRows(); ++r) {
        std::vector<Value> row;
        for (const std::size_t c : columns)
            row.push_back(table.rows[r][c]);
        part.rows.push_back(std::move(row));
    }
    return part;
}

} // namespace vitrine::report
