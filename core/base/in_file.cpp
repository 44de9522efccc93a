#include "core/base/in_file.h"

#include <cctype>

namespace vitrine
{
namespace
{

bool isPartOfName(std::string_view text, std::size_t at)
{
    if (at >= text.size()) // before the first character, too: npos
        return false;
    const auto byte = static_cast<unsigned char>(text[at]);
    return std::isalnum(byte) != 0 || byte == '_' || byte == '-' || byte >= 0x80;
}

// "a" is not named by "cannot read": it has to stand alone.
bool standsIn(std::string_view message, std::string_view name)
{
    for (auto at = message.find(name); at != message.npos; at = message.find(name, at + 1))
        if (!isPartOfName(message, at - 1) && !isPartOfName(message, at + name.size()))
            return true;
    return false;
}

// A name may hold a line break; a message is one line.
std::string oneLineName(std::string_view path)
{
    std::string name(path);
    for (char& c : name)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = '?';
    return name;
}

} // namespace

Error inFile(Error error, std::string_view path)
{
    const std::string name = oneLineName(path);
    const std::string_view last = std::string_view(name).substr(name.find_last_of('/') + 1);
    if (name.empty() || (!last.empty() && standsIn(error.message, last)))
        return error;
    error.message = fmt::format("cannot read {}: {}", name, error.message);
    return error;
}

} // namespace vitrine
