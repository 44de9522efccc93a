#include "core/jobs/experiment/run_result.h"

#include "core/base/json.h"

#include <algorithm>
#include <cmath>

namespace vitrine
{
namespace
{

template <typename Item>
const Item* named(const std::vector<Item>& items, std::string_view name)
{
    const auto found = std::ranges::find(items, name, &Item::name);
    return found == items.end() ? nullptr : &*found;
}

} // namespace

int Table::column(std::string_view columnName) const
{
    const auto found = std::ranges::find(columns, columnName, &Column::name);
    return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
}

const Metric* RunResult::metric(std::string_view name) const
{
    return named(metrics, name);
}

const Table* RunResult::table(std::string_view name) const
{
    return named(tables, name);
}

const Artifact* RunResult::artifact(std::string_view name) const
{
    return named(artifacts, name);
}

bool isPartHash(std::string_view sha256)
{
    return sha256.starts_with("part:");
}

Json toJson(const Cell& cell)
{
    struct Value {
        Json operator()(std::monostate) const { return nullptr; }
        Json operator()(std::int64_t value) const { return value; }
        Json operator()(double value) const
        {
            return std::isfinite(value) ? Json(value) : Json(nullptr);
        }
        Json operator()(const std::string& value) const { return value; }
    };
    return std::visit(Value{}, cell);
}

Json toJson(const Table& table)
{
    Json columns = Json::array();
    for (const auto& column : table.columns)
        columns.push_back(column.name);
    Json rows = Json::array();
    for (const auto& row : table.rows) {
        Json cells = Json::array();
        for (const auto& cell : row)
            cells.push_back(toJson(cell));
        rows.push_back(std::move(cells));
    }
    return {{"columns", std::move(columns)}, {"rows", std::move(rows)}};
}

} // namespace vitrine
