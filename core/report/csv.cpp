#include "core/base/csv.h"
#include "core/report/document.h"

#include <fmt/format.h>

namespace vitrine::report
{
namespace
{

// In full; what is missing is empty.
std::string fullText(const Value& value)
{
    if (!value.full.empty())
        return csvField(value.full);
    return value.text == "–" ? std::string() : csvField(value.text);
}

const Heading* unitHeading(const DataTable& table)
{
    for (const Heading& heading : table.columns)
        if (heading.name == "unit")
            return &heading;
    return nullptr;
}

// The unit of a value: of its column, or of its row where a column says units (metrics).
std::string unitOf(const DataTable& table, const std::vector<Value>& row, std::size_t column)
{
    if (const std::string& unit = table.columns[column].unit; !unit.empty())
        return unit == "1" ? "" : unit;
    const Heading* units = unitHeading(table);
    if (units == nullptr || !row[column].number)
        return {};
    return row[static_cast<std::size_t>(units - table.columns.data())].text;
}

void addTable(std::string& csv, const std::string& section, const DataTable& table)
{
    if (table.rows.empty()) {
        csv += fmt::format("{},{},0,,,,{},0\r\n", csvField(section), csvField(table.name), kNoRows);
        return;
    }
    const Heading* units = unitHeading(table);
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
        const std::vector<Value>& row = table.rows[r];
        if (row.empty())
            continue;
        for (std::size_t c = 0; c < std::min(row.size(), table.columns.size()); ++c) {
            if (&table.columns[c] == units)
                continue;
            const bool measured = row[c].measured || table.columns[c].measured;
            csv +=
                fmt::format("{},{},{},{},{},{},{},{}\r\n", csvField(section), csvField(table.name),
                            r + 1, fullText(row.front()), csvField(table.columns[c].name),
                            csvField(unitOf(table, row, c)), fullText(row[c]), measured ? 1 : 0);
        }
    }
}

} // namespace

std::string toCsv(const DataTable& table)
{
    std::string csv;
    const char* between = "";
    for (const Heading& column : table.columns) {
        const bool unit = !column.unit.empty() && column.unit != "1";
        csv += between +
               csvField(unit ? fmt::format("{} ({})", column.name, column.unit) : column.name);
        between = ",";
    }
    csv += "\r\n";
    for (const auto& row : table.rows) {
        between = "";
        for (const Value& value : row) {
            csv += between + fullText(value);
            between = ",";
        }
        csv += "\r\n";
    }
    return csv;
}

std::string toCsv(const Document& document)
{
    std::string csv = "section,table,row,label,column,unit,value,measured\r\n";
    for (const Section& section : document.sections)
        for (const Block& block : section.blocks)
            if (const auto* table = std::get_if<DataTable>(&block))
                addTable(csv, section.title, *table);
    return csv;
}

} // namespace vitrine::report
