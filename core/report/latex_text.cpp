#include "core/report/latex_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace vitrine::report
{
namespace
{

// The next character of UTF-8 and how many bytes it has; a wrong byte is U+FFFD.
std::pair<char32_t, std::size_t> nextCharacter(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80)
        return {first, 1};
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
    if (length == 0 || first > 0xF4 || text.size() < length)
        return {0xFFFD, 1};
    char32_t code = first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U)
            return {0xFFFD, 1};
        code = (code << 6U) | (byte(i) & 0x3FU);
    }
    return {code, length};
}

struct Entry {
    char32_t code;
    const char* latex;
};

// Sorted by code. \ensuremath, so that it works in titles and tables alike; and rather than signs
// of text, which pdflatex has as bitmaps where no scalable companion face is installed.
constexpr std::array kKnown = std::to_array<Entry>({
    {0x00A0, "~"},
    {0x00A1, "!`"},
    {0x00A3, "\\pounds{}"},
    {0x00A7, "\\S{}"},
    {0x00A9, "\\textcopyright{}"},
    {0x00AB, "\\ensuremath{\\ll}"},
    {0x00AC, "\\ensuremath{\\neg}"},
    {0x00AD, "\\-"},
    {0x00AE, "\\textregistered{}"},
    {0x00B0, "\\ensuremath{^\\circ}"},
    {0x00B1, "\\ensuremath{\\pm}"},
    {0x00B2, "\\textsuperscript{2}"},
    {0x00B3, "\\textsuperscript{3}"},
    {0x00B5, "\\ensuremath{\\mu}"},
    {0x00B6, "\\P{}"},
    {0x00B7, "\\ensuremath{\\cdot}"},
    {0x00B9, "\\textsuperscript{1}"},
    {0x00BB, "\\ensuremath{\\gg}"},
    {0x00BC, "\\ensuremath{\\frac14}"},
    {0x00BD, "\\ensuremath{\\frac12}"},
    {0x00BE, "\\ensuremath{\\frac34}"},
    {0x00BF, "?`"},
    {0x00C6, "\\AE{}"},
    {0x00D7, "\\ensuremath{\\times}"},
    {0x00D8, "\\O{}"},
    {0x00DF, "\\ss{}"},
    {0x00E6, "\\ae{}"},
    {0x00F7, "\\ensuremath{\\div}"},
    {0x00F8, "\\o{}"},
    {0x0131, "\\i{}"},
    {0x0141, "\\L{}"},
    {0x0142, "\\l{}"},
    {0x0152, "\\OE{}"},
    {0x0153, "\\oe{}"},
    {0x0391, "A"},
    {0x0392, "B"},
    {0x0393, "\\ensuremath{\\Gamma}"},
    {0x0394, "\\ensuremath{\\Delta}"},
    {0x0395, "E"},
    {0x0396, "Z"},
    {0x0397, "H"},
    {0x0398, "\\ensuremath{\\Theta}"},
    {0x0399, "I"},
    {0x039A, "K"},
    {0x039B, "\\ensuremath{\\Lambda}"},
    {0x039C, "M"},
    {0x039D, "N"},
    {0x039E, "\\ensuremath{\\Xi}"},
    {0x039F, "O"},
    {0x03A0, "\\ensuremath{\\Pi}"},
    {0x03A1, "P"},
    {0x03A3, "\\ensuremath{\\Sigma}"},
    {0x03A4, "T"},
    {0x03A5, "\\ensuremath{\\Upsilon}"},
    {0x03A6, "\\ensuremath{\\Phi}"},
    {0x03A7, "X"},
    {0x03A8, "\\ensuremath{\\Psi}"},
    {0x03A9, "\\ensuremath{\\Omega}"},
    {0x03B1, "\\ensuremath{\\alpha}"},
    {0x03B2, "\\ensuremath{\\beta}"},
    {0x03B3, "\\ensuremath{\\gamma}"},
    {0x03B4, "\\ensuremath{\\delta}"},
    {0x03B5, "\\ensuremath{\\varepsilon}"},
    {0x03B6, "\\ensuremath{\\zeta}"},
    {0x03B7, "\\ensuremath{\\eta}"},
    {0x03B8, "\\ensuremath{\\theta}"},
    {0x03B9, "\\ensuremath{\\iota}"},
    {0x03BA, "\\ensuremath{\\kappa}"},
    {0x03BB, "\\ensuremath{\\lambda}"},
    {0x03BC, "\\ensuremath{\\mu}"},
    {0x03BD, "\\ensuremath{\\nu}"},
    {0x03BE, "\\ensuremath{\\xi}"},
    {0x03BF, "o"},
    {0x03C0, "\\ensuremath{\\pi}"},
    {0x03C1, "\\ensuremath{\\rho}"},
    {0x03C2, "\\ensuremath{\\varsigma}"},
    {0x03C3, "\\ensuremath{\\sigma}"},
    {0x03C4, "\\ensuremath{\\tau}"},
    {0x03C5, "\\ensuremath{\\upsilon}"},
    {0x03C6, "\\ensuremath{\\varphi}"},
    {0x03C7, "\\ensuremath{\\chi}"},
    {0x03C8, "\\ensuremath{\\psi}"},
    {0x03C9, "\\ensuremath{\\omega}"},
    {0x03D5, "\\ensuremath{\\phi}"},
    {0x1E9E, "SS"},
    {0x2002, "\\enspace{}"},
    {0x2003, "\\quad{}"},
    {0x2007, "~"},
    {0x2009, "\\,"},
    {0x200A, "\\,"},
    {0x200B, ""},
    {0x2010, "-"},
    {0x2011, "\\mbox{-}"},
    {0x2012, "\\textendash{}"},
    {0x2013, "\\textendash{}"},
    {0x2014, "\\textemdash{}"},
    {0x2018, "\\textquoteleft{}"},
    {0x2019, "\\textquoteright{}"},
    {0x201C, "\\textquotedblleft{}"},
    {0x201D, "\\textquotedblright{}"},
    {0x2020, "\\ensuremath{\\dagger}"},
    {0x2021, "\\ensuremath{\\ddagger}"},
    {0x2022, "\\ensuremath{\\bullet}"},
    {0x2026, "\\dots{}"},
    {0x202F, "\\,"},
    {0x2030, "\\textperthousand{}"},
    {0x2032, "\\ensuremath{'}"},
    {0x2070, "\\textsuperscript{0}"},
    {0x2074, "\\textsuperscript{4}"},
    {0x2075, "\\textsuperscript{5}"},
    {0x2076, "\\textsuperscript{6}"},
    {0x2077, "\\textsuperscript{7}"},
    {0x2078, "\\textsuperscript{8}"},
    {0x2079, "\\textsuperscript{9}"},
    {0x207A, "\\textsuperscript{+}"},
    {0x207B, "\\ensuremath{^{-}}"},
    {0x207F, "\\textsuperscript{n}"},
    {0x2080, "\\ensuremath{_0}"},
    {0x2081, "\\ensuremath{_1}"},
    {0x2082, "\\ensuremath{_2}"},
    {0x2083, "\\ensuremath{_3}"},
    {0x2084, "\\ensuremath{_4}"},
    {0x2085, "\\ensuremath{_5}"},
    {0x2086, "\\ensuremath{_6}"},
    {0x2087, "\\ensuremath{_7}"},
    {0x2088, "\\ensuremath{_8}"},
    {0x2089, "\\ensuremath{_9}"},
    {0x20AC, "\\texteuro{}"},
    {0x2113, "\\ensuremath{\\ell}"},
    {0x2122, "\\texttrademark{}"},
    {0x2190, "\\ensuremath{\\leftarrow}"},
    {0x2191, "\\ensuremath{\\uparrow}"},
    {0x2192, "\\ensuremath{\\rightarrow}"},
    {0x2193, "\\ensuremath{\\downarrow}"},
    {0x2194, "\\ensuremath{\\leftrightarrow}"},
    {0x21D2, "\\ensuremath{\\Rightarrow}"},
    {0x2200, "\\ensuremath{\\forall}"},
    {0x2202, "\\ensuremath{\\partial}"},
    {0x2203, "\\ensuremath{\\exists}"},
    {0x2205, "\\ensuremath{\\emptyset}"},
    {0x2206, "\\ensuremath{\\Delta}"},
    {0x2208, "\\ensuremath{\\in}"},
    {0x2209, "\\ensuremath{\\notin}"},
    {0x220F, "\\ensuremath{\\prod}"},
    {0x2211, "\\ensuremath{\\sum}"},
    {0x2212, "\\ensuremath{-}"},
    {0x221A, "\\ensuremath{\\surd}"},
    {0x221D, "\\ensuremath{\\propto}"},
    {0x221E, "\\ensuremath{\\infty}"},
    {0x2229, "\\ensuremath{\\cap}"},
    {0x222A, "\\ensuremath{\\cup}"},
    {0x2248, "\\ensuremath{\\approx}"},
    {0x2260, "\\ensuremath{\\neq}"},
    {0x2261, "\\ensuremath{\\equiv}"},
    {0x2264, "\\ensuremath{\\leq}"},
    {0x2265, "\\ensuremath{\\geq}"},
    {0x226A, "\\ensuremath{\\ll}"},
    {0x226B, "\\ensuremath{\\gg}"},
    {0x2295, "\\ensuremath{\\oplus}"},
    {0x2297, "\\ensuremath{\\otimes}"},
    {0x22C5, "\\ensuremath{\\cdot}"},
    {0x2308, "\\ensuremath{\\lceil}"},
    {0x2309, "\\ensuremath{\\rceil}"},
    {0x230A, "\\ensuremath{\\lfloor}"},
    {0x230B, "\\ensuremath{\\rfloor}"},
    {0x23CE, "\\ensuremath{\\hookleftarrow}"},
    {0x2423, "\\_"},
    {0x2581, "\\_"},
});

static_assert(std::ranges::is_sorted(kKnown, {}, &Entry::code));

// Accented letters that pdflatex composes in every font encoding.
bool isAccented(char32_t code)
{
    constexpr std::u32string_view kOther = U"ÐÞðþĐđĦħĲĳĸĿŀŉŊŋŦŧſ×÷";
    return ((code >= 0xC0 && code <= 0xFF) || (code >= 0x100 && code <= 0x17E)) &&
           kOther.find(code) == std::u32string_view::npos;
}

std::string asciiText(char c)
{
    switch (c) {
    case '\\':
        return "\\textbackslash{}";
    case '{':
    case '}':
    case '$':
    case '&':
    case '#':
    case '%':
    case '_':
        return std::string("\\") + c;
    case '^':
        return "\\textasciicircum{}";
    case '~':
        return "\\textasciitilde{}";
    case '<':
        return "\\ensuremath{<}";
    case '>':
        return "\\ensuremath{>}";
    case '|':
        return "\\ensuremath{|}";
    case '"':
        return "\\char34{}";
    case '-': // no dashes out of "--"
        return "-{}";
    case '`':
    case '\'':
    case '!':
    case '?':
    case ',':
        return std::string(1, c) + "{}"; // no ligatures
    default:
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? std::string(" ")
                                                                 : std::string(1, c);
    }
}

std::string characterText(char32_t code, std::string_view bytes)
{
    if (code < 0x80)
        return asciiText(static_cast<char>(code));
    const auto found = std::ranges::lower_bound(kKnown, code, {}, &Entry::code);
    if (found != kKnown.end() && found->code == code)
        return found->latex;
    if (isAccented(code))
        return std::string(bytes);
    return fmt::format("[U+{:04X}]", static_cast<std::uint32_t>(code));
}

// Places to break behind the marks inside a name and every few characters of what has none.
std::string brokenWord(std::string_view word)
{
    constexpr int kPiece = 10;
    std::string latex;
    for (int piece = 1; !word.empty(); ++piece) {
        const auto [code, length] = nextCharacter(word);
        latex += characterText(code, word.substr(0, length));
        word.remove_prefix(length);
        const bool mark =
            code < 0x80 &&
            std::string_view("_./,;:=-").find(static_cast<char>(code)) != std::string_view::npos;
        if (!mark && piece < kPiece)
            continue;
        piece = 0;
        if (!word.empty())
            latex += "\\allowbreak{}";
    }
    return latex;
}

} // namespace

std::string latexText(std::string_view text)
{
    std::string latex;
    while (!text.empty()) {
        const auto [code, length] = nextCharacter(text);
        latex += characterText(code, text.substr(0, length));
        text.remove_prefix(length);
    }
    return latex;
}

std::string latexWrapped(std::string_view text, std::size_t longest)
{
    std::string latex;
    while (!text.empty()) {
        const std::size_t word = std::min(text.find(' '), text.size());
        latex +=
            word > longest ? brokenWord(text.substr(0, word)) : latexText(text.substr(0, word));
        text.remove_prefix(word);
        const std::size_t spaces = std::min(text.find_first_not_of(' '), text.size());
        latex.append(spaces, ' ');
        text.remove_prefix(spaces);
    }
    return latex;
}

std::string latexCode(std::string_view text, std::size_t longest)
{
    constexpr int kPiece = 8;
    std::string latex = "\\texttt{";
    std::size_t word = 0; // bytes of it
    for (int i = 1; !text.empty(); ++i) {
        if (word == 0)
            word = std::min(text.find(' '), text.size());
        const bool breaks = word > longest;
        const auto [code, length] = nextCharacter(text);
        latex += characterText(code, text.substr(0, length));
        text.remove_prefix(length);
        const bool separator = code == '/' || code == '=' || code == ',' || code == ';';
        if (!text.empty() && breaks && (i % kPiece == 0 || separator))
            latex += "\\allowbreak{}";
        if (text.starts_with(' ') || code == ' ')
            word = 0;
    }
    return latex + "}";
}

} // namespace vitrine::report
