#include "core/base/cut_text.h"

#include <algorithm>

namespace vitrine
{
namespace
{

// The last place from `most` down where a character begins. A character has at most four bytes:
// where none begins nearby the text is no UTF-8, and any place is as good.
std::size_t characterBorder(std::string_view text, std::size_t most)
{
    for (std::size_t end = most; end + 4 > most && end > 0; --end)
        if ((static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U)
            return end;
    return most;
}

} // namespace

std::string cutText(std::string_view text, std::size_t most)
{
    if (text.size() <= most)
        return std::string(text);
    return std::string(text.substr(0, characterBorder(text, most))) + "…";
}

std::string cutAtWord(std::string_view text, std::size_t most)
{
    const bool cut = text.size() > most;
    std::string line(
        text.substr(0, std::min(text.size(), most + 1))); // one more: a space may stand there
    std::ranges::replace(line, '\n', ' ');
    if (!cut)
        return line;
    const std::size_t space = line.rfind(' ');
    line.resize(space == std::string::npos || space == 0 ? characterBorder(text, most) : space);
    return line + " …";
}

} // namespace vitrine
