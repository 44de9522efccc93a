#include "core/learning/tasks/prose.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace vitrine::learning
{
namespace
{

void appendUtf8(std::string& out, uint32_t code)
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
    } else {
        out += static_cast<char>(0xf0 | code >> 18);
        out += static_cast<char>(0x80 | (code >> 12 & 0x3f));
        out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
}

// Takes one character off the front; a byte that starts no valid sequence stands for itself.
uint32_t takeCharacter(std::string_view& text)
{
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    const size_t length = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
    bool valid = text.size() >= length;
    for (size_t i = 1; valid && i < length; ++i)
        valid = (byte(i) & 0xc0) == 0x80;
    if (length == 1 || !valid) {
        text.remove_prefix(1);
        return lead;
    }
    static constexpr std::array<unsigned char, 5> kLeadBits = {0, 0, 0x1f, 0x0f, 0x07};
    uint32_t code = lead & kLeadBits[length];
    for (size_t i = 1; i < length; ++i)
        code = code << 6 | (byte(i) & 0x3f);
    text.remove_prefix(length);
    const bool surrogate = code >= 0xd800 && code < 0xe000;
    return surrogate || code > 0x10ffff ? 0xfffd : code;
}

bool isSpace(uint32_t code)
{
    return code == ' ' || (code >= 9 && code <= 13) || code == 0xa0 ||
           (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
           code == 0x202f || code == 0x3000 || code == 0x85;
}

bool isDropped(uint32_t code)
{
    return code < 32 || (code >= 0x7f && code < 0xa0) || code == 0xad ||
           (code >= 0x200b && code <= 0x200f) || code == 0xfeff || code == 0xfffd;
}

void appendPlain(std::string& out, uint32_t code)
{
    switch (code) {
    case 0x2018:
    case 0x2019:
    case 0x201b:
        out += '\'';
        break;
    case 0x201c:
    case 0x201d:
    case 0x201f:
        out += '"';
        break;
    case 0x2010:
    case 0x2011:
        out += '-';
        break;
    case 0x2026:
        out += "...";
        break;
    default:
        appendUtf8(out, code);
    }
}

// Lower-case words; everything that is no ASCII letter or digit parts them.
std::vector<std::string> wordsOf(std::string_view text)
{
    std::vector<std::string> words;
    std::string word;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c))) {
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    if (!word.empty())
        words.push_back(std::move(word));
    return words;
}

// FNV-1a over some words.
uint64_t hashOf(const std::vector<std::string>& words, size_t first, size_t count)
{
    uint64_t hash = 0xcbf29ce484222325ULL;
    for (size_t i = first; i < first + count; ++i) {
        for (const char c : words[i])
            hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
        hash = (hash ^ ' ') * 0x100000001b3ULL;
    }
    return hash;
}

constexpr size_t kSequence = 8;

std::vector<uint64_t> sequencesOf(std::string_view paragraph)
{
    const auto words = wordsOf(paragraph);
    if (words.size() <= kSequence)
        return {hashOf(words, 0, words.size())};
    std::vector<uint64_t> hashes;
    for (size_t i = 0; i + kSequence <= words.size();
         i += 2) // every second start is evidence enough
        hashes.push_back(hashOf(words, i, kSequence));
    for (size_t i = 1; i + kSequence <= words.size(); i += 2)
        hashes.push_back(hashOf(words, i, kSequence));
    return hashes;
}

} // namespace

std::string normalised(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const uint32_t code = takeCharacter(text);
        if (isSpace(code)) {
            if (!out.empty() && out.back() != ' ')
                out += ' ';
        } else if (!isDropped(code)) {
            appendPlain(out, code);
        }
    }
    while (!out.empty() && out.back() == ' ')
        out.pop_back();
    return out;
}

bool isProse(std::string_view paragraph)
{
    if (paragraph.size() < 40)
        return false;
    size_t letters = 0, spaces = 0, beyondAscii = 0, symbols = 0;
    for (const char c : paragraph) {
        const auto byte = static_cast<unsigned char>(c);
        letters += std::isalpha(byte) != 0;
        spaces += c == ' ';
        beyondAscii += byte >= 0x80;
        symbols += std::string_view("{}[]<>=_|\\/*#@$%^&+~`").find(c) != std::string_view::npos;
    }
    const double size = static_cast<double>(paragraph.size());
    if (static_cast<double>(letters) < 0.72 * size ||
        static_cast<double>(beyondAscii) > 0.04 * size ||
        static_cast<double>(symbols) > 0.03 * size || static_cast<double>(spaces) < 0.08 * size)
        return false;
    const auto words = wordsOf(paragraph);
    static const std::unordered_set<std::string> kCommon = {
        "the", "of", "and", "to",   "a",  "in", "is",  "or", "it",  "that",
        "as",  "be", "for", "with", "an", "by", "his", "i",  "you", "not"};
    const auto common =
        std::ranges::count_if(words, [](const std::string& w) { return kCommon.contains(w); });
    return static_cast<double>(common) >= 0.12 * static_cast<double>(words.size());
}

bool DuplicateFilter::isDuplicate(std::string_view paragraph)
{
    const auto hashes = sequencesOf(paragraph);
    const auto known = std::ranges::count_if(hashes, [&](uint64_t h) { return seen_.contains(h); });
    if (5 * static_cast<size_t>(known) >= 4 * hashes.size())
        return true;
    seen_.insert(hashes.begin(), hashes.end());
    return false;
}

void DuplicateFilter::remember(std::string_view paragraph)
{
    const auto hashes = sequencesOf(paragraph);
    seen_.insert(hashes.begin(), hashes.end());
}

} // namespace vitrine::learning
