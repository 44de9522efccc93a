#include "core/tensor/printable.h"

namespace vitrine
{
namespace
{

unsigned char at(std::string_view text, std::size_t i)
{
    return static_cast<unsigned char>(text[i]);
}

} // namespace

std::size_t utf8Length(std::string_view text, std::size_t i)
{
    const unsigned char lead = at(text, i);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xc2 && lead < 0xe0 ? 2
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xf0 && lead < 0xf5 ? 4
                                                             : 0;
    if (length == 0 || i + length > text.size())
        return 0;
    for (std::size_t k = 1; k < length; ++k)
        if ((at(text, i + k) & 0xc0) != 0x80)
            return 0;
    if (length < 3)
        return length;
    const unsigned char second = at(text, i + 1);
    const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
    const bool outside = (lead == 0xed && second >= 0xa0) || (lead == 0xf4 && second >= 0x90);
    return overlong || outside ? 0 : length;
}

std::string printable(std::string_view text, std::size_t limit)
{
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        if (out.size() >= limit)
            return out + "…";
        const std::size_t length = utf8Length(text, i);
        const bool control = at(text, i) < 0x20 || at(text, i) == 0x7f ||
                             (length == 2 && at(text, i) == 0xc2 && at(text, i + 1) < 0xa0) ||
                             text.substr(i, 3) == "\u2028" || text.substr(i, 3) == "\u2029";
        if (length == 0 || control)
            out += '?';
        else
            out += text.substr(i, length);
        i += length == 0 ? 1 : length;
    }
    return out;
}

std::string printableName(std::string_view name)
{
    return printable(name, std::string_view::npos);
}

} // namespace vitrine
