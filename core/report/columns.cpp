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

using Groups = std::vector<std::vector<std::size_t>>;

std::vector<std::size_t> firstColumns(std::size_t count)
{
    std::vector<std::size_t> columns(count);
    std::iota(columns.begin(), columns.end(), std::size_t{0});
    return columns;
}

// Behind the key columns as many others as `room` has, group by group.
Groups filled(std::size_t keys, const std::vector<double>& widths, double room)
{
    Groups groups;
    double left = 0;
    for (std::size_t c = keys; c < widths.size(); ++c) {
        if (groups.empty() || widths[c] > left) {
            groups.push_back(firstColumns(keys));
            left = room;
        }
        groups.back().push_back(c);
        left -= widths[c];
    }
    return groups;
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
    constexpr std::size_t kShort = 8; // a word so short stays whole
    std::vector<std::string> pieces;
    const std::string heading = headingText(column);
    for (std::size_t from = 0; from < heading.size();) {
        const std::size_t word = std::min(heading.find(' ', from), heading.size());
        while (from < word) {
            const std::size_t mark = heading.find_first_of("_.", from);
            const bool whole = word - from <= kShort || mark >= word;
            const std::size_t end = whole ? word : mark + 1;
            pieces.push_back(heading.substr(from, end - from));
            from = end;
        }
        from = word + 1;
    }
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
            said +=
                (said.empty() ? "" : ", ") + sayConstant(table.columns[c], table.rows.front()[c]);
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
    const auto sum = [&](std::size_t columns) {
        return std::accumulate(widths.begin(),
                               widths.begin() + static_cast<std::ptrdiff_t>(columns), 0.0);
    };
    std::size_t keys = keyColumns(table);
    while (keys > 1 && sum(keys) > room / 2)
        --keys;
    if (sum(widths.size()) <= room || widths.size() <= keys)
        return {firstColumns(widths.size())};
    Groups groups = filled(keys, widths, room - sum(keys));
    // Not one last column alone: no more room than as many groups need.
    for (double less = 0.95; less > 0.4; less -= 0.05) {
        Groups even = filled(keys, widths, (room - sum(keys)) * less);
        if (even.size() > groups.size())
            break;
        groups = std::move(even);
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
