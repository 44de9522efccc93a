#include "core/model/tokenizer/tokenizer_steps.h"

#include "core/model/tokenizer/utf8.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <unordered_map>

namespace vitrine::model
{
namespace
{

struct Decomposition {
    char32_t character, first, second;
    int composes;
};
struct ClassRange {
    char32_t first, last;
    int combiningClass;
};
#include "core/model/tokenizer/nfc_tables.inc"

// Hangul syllables are computed (Unicode, section 3.12).
constexpr char32_t kS = 0xac00, kL = 0x1100, kV = 0x1161, kT = 0x11a7;
constexpr char32_t kLCount = 19, kVCount = 21, kTCount = 28, kSCount = kLCount * kVCount * kTCount;

int combiningClass(char32_t c)
{
    if (c < 0x300)
        return 0;
    const auto* found = std::ranges::upper_bound(kClasses, c, {}, &ClassRange::first);
    return found != kClasses && c <= std::prev(found)->last ? std::prev(found)->combiningClass : 0;
}

void decompose(char32_t c, std::u32string& out)
{
    if (c - kS < kSCount) {
        const char32_t s = c - kS;
        out += {kL + s / (kVCount * kTCount), kV + s % (kVCount * kTCount) / kTCount};
        if (s % kTCount != 0)
            out += kT + s % kTCount;
        return;
    }
    const auto* found =
        c < 0xc0 ? std::end(kDecompositions)
                 : std::ranges::lower_bound(kDecompositions, c, {}, &Decomposition::character);
    if (found == std::end(kDecompositions) || found->character != c) {
        out += c;
        return;
    }
    decompose(found->first, out);
    if (found->second != 0)
        out += found->second; // second parts never decompose further
}

// Marks in the order of their class, otherwise as they stand.
void order(std::u32string& text)
{
    for (auto i = text.begin(); i != text.end();) {
        const auto marks =
            std::find_if(i, text.end(), [](char32_t c) { return combiningClass(c) != 0; });
        i = std::find_if(marks, text.end(), [](char32_t c) { return combiningClass(c) == 0; });
        std::stable_sort(
            marks, i, [](char32_t a, char32_t b) { return combiningClass(a) < combiningClass(b); });
    }
}

char32_t composed(char32_t first, char32_t second)
{
    if (first - kL < kLCount && second - kV < kVCount)
        return kS + ((first - kL) * kVCount + (second - kV)) * kTCount;
    if (first - kS < kSCount && (first - kS) % kTCount == 0 && second - kT - 1 < kTCount - 1)
        return first + (second - kT);
    static const auto pairs = [] {
        std::unordered_map<std::uint64_t, char32_t> made;
        for (const auto& d : kDecompositions)
            if (d.composes)
                made.emplace(std::uint64_t{d.first} << 32 | d.second, d.character);
        return made;
    }();
    const auto found = pairs.find(std::uint64_t{first} << 32 | second);
    return found == pairs.end() ? 0 : found->second;
}

// UAX 15: a character joins the last starter unless something of its class or a starter stands
// between them.
std::u32string compose(const std::u32string& text)
{
    std::u32string out;
    std::size_t starter = std::u32string::npos;
    int last = -1; // class of the character before, -1 directly behind the starter
    for (const char32_t c : text) {
        const int cls = combiningClass(c);
        const bool reaches = starter != std::u32string::npos && (last < 0 || last < cls);
        if (const char32_t whole = reaches ? composed(out[starter], c) : 0) {
            out[starter] = whole;
            continue;
        }
        out += c;
        last = cls;
        if (cls == 0) {
            starter = out.size() - 1;
            last = -1;
        }
    }
    return out;
}

} // namespace

std::string composeCanonically(std::string_view text)
{
    if (std::ranges::all_of(text, [](char c) {
            return static_cast<unsigned char>(c) < 0xcc;
        })) // below U+0300 all is composed
        return std::string(text);
    std::u32string decomposed;
    for (std::size_t i = 0; i < text.size();)
        decompose(nextCharacter(text, i), decomposed);
    order(decomposed);
    std::string out;
    for (const char32_t c : compose(decomposed))
        appendCharacter(out, c);
    return out;
}

} // namespace vitrine::model
