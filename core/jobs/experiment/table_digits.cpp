#include "core/jobs/experiment/table_digits.h"

#include "core/base/number_text.h"

namespace vitrine
{

std::vector<std::optional<int>> columnDecimals(const Table& table, int digits)
{
    std::vector<std::optional<int>> decimals(table.columns.size());
    if (table.column("unit") >= 0)
        return decimals;
    std::vector<double> numbers;
    for (std::size_t column = 0; column < decimals.size(); ++column) {
        numbers.clear();
        for (const auto& row : table.rows)
            if (column < row.size())
                if (const auto* number = std::get_if<double>(&row[column]))
                    numbers.push_back(*number);
        decimals[column] = commonDecimals(numbers, digits);
    }
    return decimals;
}

std::vector<bool> numberColumns(const Table& table)
{
    std::vector<bool> numbers(table.columns.size());
    for (std::size_t column = 0; column < numbers.size(); ++column)
        for (const auto& row : table.rows) {
            if (column >= row.size() || std::holds_alternative<std::monostate>(row[column]))
                continue;
            numbers[column] = !std::holds_alternative<std::string>(row[column]);
            break;
        }
    return numbers;
}

} // namespace vitrine
