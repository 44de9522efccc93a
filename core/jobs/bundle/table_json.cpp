#include "core/jobs/bundle/table_json.h"

#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/jobs/bundle/bundle_names.h"

#include <limits>

namespace vitrine
{
namespace
{

// Numbers beyond 2^63 are unsigned; read as signed they would wrap.
bool fitsSigned(const Json& json)
{
    return json.is_number_integer() &&
           !(json.is_number_unsigned() &&
             json.get<std::uint64_t>() >
                 static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
}

Result<Cell> parseCell(const Json& json)
{
    if (json.is_null())
        return Cell{};
    if (fitsSigned(json))
        return json.get<std::int64_t>();
    if (json.is_number())
        return json.get<double>();
    if (json.is_string())
        return json.get<std::string>();
    return inputError("cannot read a table: a cell is neither number nor text");
}

Result<Column> parseColumn(const Json& json)
{
    JsonFields fields(json, "a table's column");
    Column column;
    column.name = fields.neededText("name");
    if (!isPlainName(column.name))
        fields.fail("its name is too long, or has control characters");
    column.unit = fields.text("unit");
    column.help = fields.text("help");
    VITRINE_TRY(const Origin origin, parseOrigin(fields.text("origin")));
    column.origin = origin;
    VITRINE_CHECK(fields.done());
    return column;
}

Result<std::vector<std::int64_t>> parseList(const Json& json)
{
    std::vector<std::int64_t> items;
    for (const auto& item : json) {
        if (!fitsSigned(item))
            return inputError(
                "cannot read parameters: a list has something else than whole numbers");
        items.push_back(item.get<std::int64_t>());
    }
    return items;
}

} // namespace

std::string_view originName(Origin origin)
{
    return origin == Origin::computed ? "computed" : "measured";
}

Result<Origin> parseOrigin(std::string_view name)
{
    if (name.empty() || name == "computed")
        return Origin::computed;
    if (name == "measured")
        return Origin::measured;
    return inputError("a value is neither computed nor measured");
}

Json fullJson(const Table& table)
{
    Json json = {{"name", table.name}, {"columns", Json::array()}};
    for (const auto& column : table.columns)
        json["columns"].push_back({{"name", column.name},
                                   {"unit", column.unit},
                                   {"origin", originName(column.origin)},
                                   {"help", column.help}});
    json["rows"] = toJson(table)["rows"];
    return json;
}

Result<Table> parseTable(const Json& json)
{
    JsonFields fields(json, "a table");
    Table table;
    table.name = fields.neededText("name");
    if (!isPlainName(table.name))
        fields.fail("its name is too long, or has control characters");
    for (const auto& item : fields.list("columns")) {
        VITRINE_TRY(Column column, parseColumn(item));
        table.columns.push_back(std::move(column));
    }
    for (const auto& item : fields.list("rows")) {
        if (!item.is_array() || item.size() != table.columns.size())
            return inputError("cannot read the table {}: a row has not one cell per column",
                              table.name);
        std::vector<Cell> row;
        row.reserve(item.size());
        for (const auto& cell : item) {
            VITRINE_TRY(Cell value, parseCell(cell));
            row.push_back(std::move(value));
        }
        table.rows.push_back(std::move(row));
    }
    VITRINE_CHECK(fields.done());
    return table;
}

Result<Params> parseParams(const Json& json)
{
    Params params;
    for (const auto& [name, value] : json.items()) {
        if (value.is_boolean())
            params.set(name, value.get<bool>());
        else if (fitsSigned(value))
            params.set(name, value.get<std::int64_t>());
        else if (value.is_number())
            params.set(name, value.get<double>());
        else if (value.is_string())
            params.set(name, value.get<std::string>());
        else if (value.is_array()) {
            VITRINE_TRY(auto items, parseList(value));
            params.set(name, std::move(items));
        } else
            return inputError("cannot read the parameter \"{}\": not a plain value", name);
    }
    return params;
}

} // namespace vitrine
