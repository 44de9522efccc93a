#include "core/base/csv.h"

#include "core/base/format.h"

namespace vitrine
{
namespace
{

bool isFormula(std::string_view text)
{
    return !text.empty() &&
           std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos &&
           !parseReal(text);
}

} // namespace

std::string csvField(std::string_view text)
{
    const bool formula = isFormula(text);
    if (text.find_first_of(",\"\r\n") == std::string_view::npos)
        return (formula ? "'" : "") + std::string(text);
    std::string quoted = formula ? "\"'" : "\"";
    for (const char c : text) {
        if (c == '"')
            quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

} // namespace vitrine
