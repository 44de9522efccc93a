#include "core/store/stored_row.h"

#include "core/jobs/bundle/bundle_names.h"

#include <limits>

namespace vitrine
{

std::string StoredRow::text(int column, const char* what)
{
    if (!isSound())
        return {};
    if (row_.type(column) == Statement::Type::text)
        return row_.text(column);
    fail(fmt::format("its {} is not a text", what));
    return {};
}

std::string StoredRow::name(int column, const char* what)
{
    std::string name = text(column, what);
    if (isSound() && !isPlainName(name))
        fail(fmt::format("its {} is empty, too long or has control characters", what));
    return isSound() ? name : std::string();
}

std::string StoredRow::fileName(int column, const char* what)
{
    std::string name = text(column, what);
    if (isSound() && !isPlainFileName(name))
        fail(fmt::format("its {} is not a plain name", what));
    return isSound() ? name : std::string();
}

std::int64_t StoredRow::integer(int column, const char* what, std::int64_t low, std::int64_t high)
{
    if (!isSound())
        return low;
    if (row_.type(column) == Statement::Type::integer)
        if (const auto value = row_.integer(column); value >= low && value <= high)
            return value;
    fail(fmt::format("its {} is not a whole number from {} to {}", what, low, high));
    return low;
}

double StoredRow::real(int column, const char* what)
{
    const auto type = row_.type(column);
    if (isSound() && (type == Statement::Type::text || type == Statement::Type::blob))
        fail(fmt::format("its {} is not a number", what));
    return isSound() ? row_.real(column) : std::numeric_limits<double>::quiet_NaN();
}

std::string_view StoredRow::blob(int column, const char* what)
{
    if (isSound() && row_.type(column) == Statement::Type::blob)
        return row_.blob(column);
    fail(fmt::format("its {} has another type", what));
    return {};
}

void StoredRow::fail(std::string problem)
{
    if (problem_.empty())
        problem_ = std::move(problem);
}

} // namespace vitrine
