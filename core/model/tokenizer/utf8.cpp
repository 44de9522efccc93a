#include "core/model/tokenizer/utf8.h"

#include "core/tensor/printable.h"

#include <algorithm>

namespace vitrine::model
{
namespace
{

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// Bytes at `i` that begin a character which then breaks off: at least one.
std::size_t brokenLength(std::string_view text, std::size_t i)
{
    // The longest start is what becomes well-formed by adding continuation bytes.
    for (std::size_t length = std::min<std::size_t>(3, text.size() - i); length > 1; --length)
        for (const std::string_view tail : {"\x80", "\x80\x80", "\xbf", "\xbf\xbf"})
            if (const std::string tried = std::string(text.substr(i, length)).append(tail);
                utf8Length(tried, 0) == tried.size())
                return length;
    return 1;
}

} // namespace

Result<void> checkUtf8(std::string_view text)
{
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = utf8Length(text, i);
        if (length == 0)
            return inputError(
                "the text is not valid UTF-8: byte {} (0x{:02x}, in line {}) is malformed", i,
                static_cast<unsigned char>(text[i]),
                1 + std::ranges::count(text.substr(0, i), '\n'));
        i += length;
    }
    return {};
}

std::string repairUtf8(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = utf8Length(text, i);
        out += length > 0 ? text.substr(i, length) : kReplacement;
        i += length > 0 ? length : brokenLength(text, i);
    }
    return out;
}

char32_t nextCharacter(std::string_view text, std::size_t& i)
{
    const auto byte = [&] { return static_cast<unsigned char>(text[i++]); };
    const char32_t lead = byte();
    const int more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    char32_t character = more == 0 ? lead : lead & (0x3fu >> more);
    for (int k = 0; k < more && i < text.size(); ++k)
        character = character << 6 | (byte() & 0x3fu);
    return character;
}

void appendCharacter(std::string& text, char32_t c)
{
    const auto add = [&](char32_t byte) { text += static_cast<char>(byte); };
    if (c < 0x80)
        return add(c);
    if (c >= 0x10000) {
        add(0xf0 | c >> 18);
        add(0x80 | (c >> 12 & 0x3f));
    } else if (c >= 0x800) {
        add(0xe0 | c >> 12);
    }
    if (c >= 0x800)
        add(0x80 | (c >> 6 & 0x3f));
    else
        add(0xc0 | c >> 6);
    add(0x80 | (c & 0x3f));
}

bool isWhiteSpace(char32_t c)
{
    return (c >= 9 && c <= 13) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

std::string replaceAll(std::string_view text, std::string_view what, std::string_view with)
{
    if (what.empty())
        return std::string(text);
    std::string out;
    for (std::size_t i = 0;;) {
        const auto found = text.find(what, i);
        out += text.substr(i, found - i);
        if (found == std::string_view::npos)
            return out;
        out += with;
        i = found + what.size();
    }
}

} // namespace vitrine::model
