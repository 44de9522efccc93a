#pragma once

#include "core/store/database.h"
#include "core/store/filter.h"

#include <variant>
#include <vector>

namespace vitrine
{

// Terms as a condition over `runs r`: SQL text and its values, in step.
struct SqlCondition {
    std::string sql = " WHERE 1";
    std::vector<std::variant<std::string, double, std::int64_t>> values;

    void bindTo(Statement& statement) const;
};

SqlCondition conditionOf(const std::vector<FilterTerm>& terms);

// A stored parameter's JSON as SQL: a number as one, anything else as its text.
std::string paramSql(const std::string& column);

} // namespace vitrine
