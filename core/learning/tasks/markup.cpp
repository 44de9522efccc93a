#include "core/learning/tasks/markup.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>

namespace vitrine::learning
{
namespace
{

std::vector<std::string_view> linesOf(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

bool isBlank(std::string_view line)
{
    return std::ranges::all_of(line, [](unsigned char c) { return std::isspace(c) != 0; });
}

void appendCodePoint(std::string& out, unsigned long code)
{
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | code >> 6);
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
}

std::string unescaped(std::string_view text)
{
    static const std::map<std::string, std::string, std::less<>> kNamed = {
        {"amp", "&"},    {"lt", "<"},     {"gt", ">"},      {"quot", "\""}, {"apos", "'"},
        {"nbsp", " "},   {"mdash", "—"},  {"ndash", "–"},   {"rsquo", "'"}, {"lsquo", "'"},
        {"rdquo", "\""}, {"ldquo", "\""}, {"hellip", "..."}};
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        const size_t end = text[i] == '&' ? text.substr(i, 12).find(';') : std::string_view::npos;
        if (end == std::string_view::npos) {
            out += text[i];
            continue;
        }
        const std::string name(text.substr(i + 1, end - 1));
        if (name.size() > 1 && name[0] == '#') {
            const bool hex = name[1] == 'x' || name[1] == 'X';
            appendCodePoint(out,
                            std::strtoul(name.c_str() + (hex ? 2 : 1), nullptr, hex ? 16 : 10));
        } else if (const auto found = kNamed.find(name); found != kNamed.end()) {
            out += found->second;
        }
        i += end;
    }
    return out;
}

std::string lowerTag(std::string_view tag) // "/P class=x" -> "/p"
{
    std::string name;
    for (const char c : tag) {
        if (!std::isalnum(static_cast<unsigned char>(c)) && !(c == '/' && name.empty()) && c != '!')
            break;
        name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return name;
}

// Removes what stands between `open` and the matching `close`, brackets included.
std::string without(std::string_view text, char open, char close)
{
    std::string out;
    int depth = 0;
    for (const char c : text) {
        if (c == open && (open != close || depth == 0))
            ++depth;
        else if (c == close && depth > 0)
            --depth;
        else if (depth == 0)
            out += c;
    }
    return out;
}

std::string inflated(std::string_view bytes, size_t size)
{
    std::string out(size, '\0');
    uLongf length = static_cast<uLongf>(size);
    const int code =
        uncompress(reinterpret_cast<Bytef*>(out.data()), &length,
                   reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uLong>(bytes.size()));
    out.resize(code == Z_OK ? length : 0);
    return out;
}

uint32_t bigEndian(std::string_view bytes, size_t at)
{
    uint32_t value = 0;
    for (size_t i = at; i < at + 4; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

} // namespace

Paragraphs htmlParagraphs(std::string_view page)
{
    static const std::set<std::string> kSkipped = {"script", "style",  "pre",      "table",
                                                   "nav",    "head",   "header",   "footer",
                                                   "form",   "select", "textarea", "svg"};
    static const std::set<std::string> kInline = {
        "a",   "em",   "i",   "b",    "strong", "span", "code",    "tt",
        "u",   "sup",  "sub", "cite", "q",      "abbr", "acronym", "font",
        "kbd", "samp", "var", "dfn",  "small",  "big",  "wbr",     "img"};
    Paragraphs paragraphs;
    std::string current;
    const auto close = [&] {
        if (!isBlank(current))
            paragraphs.push_back(unescaped(current));
        current.clear();
    };
    for (size_t at = 0; at < page.size();) {
        if (page[at] != '<') {
            const size_t end = std::min(page.find('<', at), page.size());
            current += page.substr(at, end - at);
            at = end;
            continue;
        }
        if (page.substr(at, 4) == "<!--") {
            const size_t end = page.find("-->", at);
            at = end == std::string_view::npos ? page.size() : end + 3;
            continue;
        }
        const size_t end = page.find('>', at);
        if (end == std::string_view::npos)
            break;
        const std::string tag = lowerTag(page.substr(at + 1, end - at - 1));
        at = end + 1;
        if (kSkipped.contains(tag)) {
            close();
            const std::string closing = "</" + tag;
            while (at < page.size() && lowerTag(page.substr(at + 1, 12)) != "/" + tag)
                at = std::min(page.find('<', at + 1), page.size());
            continue;
        }
        const std::string plainName = !tag.empty() && tag[0] == '/' ? tag.substr(1) : tag;
        if (!kInline.contains(plainName))
            close();
    }
    close();
    return paragraphs;
}

Paragraphs textParagraphs(std::string_view text)
{
    Paragraphs paragraphs;
    std::string current;
    for (const auto line : linesOf(text)) {
        if (!isBlank(line)) {
            current += std::string(line) + "\n";
        } else if (!current.empty()) {
            paragraphs.push_back(std::move(current));
            current.clear();
        }
    }
    if (!current.empty())
        paragraphs.push_back(std::move(current));
    return paragraphs;
}

Paragraphs podParagraphs(std::string_view text)
{
    Paragraphs paragraphs;
    for (const std::string& block : textParagraphs(text)) {
        if (block[0] == ' ' || block[0] == '\t' || block[0] == '=')
            continue;
        std::string plain;
        int depth = 0;
        for (size_t i = 0; i < block.size(); ++i) {
            if (std::isupper(static_cast<unsigned char>(block[i])) && i + 1 < block.size() &&
                block[i + 1] == '<') {
                ++depth;
                ++i;
            } else if (block[i] == '>' && depth > 0) {
                --depth;
            } else {
                plain += block[i];
            }
        }
        paragraphs.push_back(plain);
    }
    return paragraphs;
}

Paragraphs dictionaryEntries(std::string_view text)
{
    Paragraphs entries;
    std::string current;
    const auto close = [&] {
        std::string plain = without(without(current, '\\', '\\'), '[', ']');
        std::erase_if(plain, [](char c) { return c == '{' || c == '}'; });
        if (!isBlank(plain))
            entries.push_back(std::move(plain));
        current.clear();
    };
    for (const auto line : linesOf(text)) {
        if (!line.empty() && !std::isspace(static_cast<unsigned char>(line[0])))
            close();
        current += std::string(line) + "\n";
    }
    close();
    return entries;
}

Paragraphs storyParagraphs(std::string_view text)
{
    Paragraphs paragraphs;
    for (const auto line : linesOf(text)) {
        const size_t first = line.find('`'), last = line.rfind('`');
        if (first != std::string_view::npos && last > first + 1)
            paragraphs.emplace_back(line.substr(first + 1, last - first - 1));
    }
    return paragraphs;
}

std::vector<std::string> rDatabaseStrings(std::string_view bytes)
{
    // A record is the size of the unpacked data (4 bytes) and a zlib stream; records follow one
    // another, but their sizes stand in another file, so each stream is tried at every place that
    // looks like its start.
    std::vector<std::string> strings;
    for (size_t at = 0; at + 6 < bytes.size(); ++at) {
        if (static_cast<unsigned char>(bytes[at + 4]) != 0x78)
            continue;
        const uint32_t size = bigEndian(bytes, at);
        if (size < 16 || size > 64u << 20)
            continue;
        const std::string data = inflated(bytes.substr(at + 4), size);
        if (data.size() != size)
            continue;
        // R's CHARSXP: flags whose lowest byte is 9, then a length, then the characters.
        for (size_t i = 0; i + 8 <= data.size();) {
            const uint32_t flags = bigEndian(data, i), length = bigEndian(data, i + 4);
            if ((flags & 0xfff00fffu) == 9 && length < 4096 && i + 8 + length <= data.size()) {
                strings.push_back(data.substr(i + 8, length));
                i += 8 + length;
            } else {
                ++i;
            }
        }
    }
    return strings;
}

} // namespace vitrine::learning
