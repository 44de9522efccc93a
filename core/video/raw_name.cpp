// What the name of a raw file says about its frames.
#include "core/video/raw_layout.h"

#include "core/base/format.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace vitrine::video
{
namespace
{

struct NamedSize {
    std::string_view name;
    int width, height;
};
constexpr NamedSize kSizes[] = {{"sqcif", 128, 96},    {"qcif", 176, 144},  {"4cif", 704, 576},
                                {"cif", 352, 288},     {"qvga", 320, 240},  {"vga", 640, 480},
                                {"480p", 832, 480},    {"720p", 1280, 720}, {"1080p", 1920, 1080},
                                {"2160p", 3840, 2160}, {"uhd", 3840, 2160}};

struct NamedRaw {
    std::string_view name;
    SampleFormat format;
    Arrangement arrangement;
    bool highBits;
};
constexpr NamedRaw kPacked[] = {{"nv12", {8, Chroma::k420}, Arrangement::semiPlanar, false},
                                {"nv21", {8, Chroma::k420}, Arrangement::semiPlanarSwapped, false},
                                {"nv16", {8, Chroma::k422}, Arrangement::semiPlanar, false},
                                {"nv24", {8, Chroma::k444}, Arrangement::semiPlanar, false},
                                {"p010", {10, Chroma::k420}, Arrangement::semiPlanar, true},
                                {"p012", {12, Chroma::k420}, Arrangement::semiPlanar, true},
                                {"p016", {16, Chroma::k420}, Arrangement::semiPlanar, true},
                                {"p210", {10, Chroma::k422}, Arrangement::semiPlanar, true},
                                {"yv12", {8, Chroma::k420}, Arrangement::planarSwapped, false},
                                {"i420", {8, Chroma::k420}, Arrangement::planar, false}};

std::string lower(std::string_view text)
{
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

// Letters and digits that stand together.
std::vector<std::string> wordsOf(std::string_view name)
{
    std::vector<std::string> words(1);
    for (const char c : lower(name)) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            words.back() += c;
        else if (!words.back().empty())
            words.emplace_back();
    }
    return words;
}

std::optional<int> smallNumber(std::string_view text)
{
    const auto value = text.size() <= 5 ? parseInteger(text) : std::nullopt;
    return value && *value >= 1 && *value <= 99999 ? std::optional(static_cast<int>(*value))
                                                   : std::nullopt;
}

// "1920x1080", also inside a word ("foreman352x288").
bool takeSize(RawLayout& layout, const std::string& word)
{
    const auto digit = [&](std::size_t i) {
        return i < word.size() && std::isdigit(static_cast<unsigned char>(word[i])) != 0;
    };
    for (std::size_t x = word.find('x'); x != std::string::npos; x = word.find('x', x + 1)) {
        std::size_t from = x, to = x + 1;
        while (from > 0 && digit(from - 1))
            --from;
        while (digit(to))
            ++to;
        const auto width = smallNumber(word.substr(from, x - from));
        const auto height = smallNumber(word.substr(x + 1, to - x - 1));
        if (width && height) {
            layout.width = *width;
            layout.height = *height;
            return true;
        }
    }
    const auto known = std::ranges::find(kSizes, std::string_view(word), &NamedSize::name);
    if (known == std::end(kSizes))
        return false;
    layout.width = known->width;
    layout.height = known->height;
    return true;
}

// Bit depth, chroma, byte order and rate each as a word of their own.
void takeDetail(RawLayout& layout, const std::string& word)
{
    const auto numberBefore = [&](std::string_view suffix) {
        return word.ends_with(suffix)
                   ? smallNumber(std::string_view(word).substr(0, word.size() - suffix.size()))
                   : std::nullopt;
    };
    for (const std::string_view suffix : {"bit", "bits", "bpp", "b"})
        if (const auto bits = numberBefore(suffix); bits && *bits >= 8 && *bits <= 16)
            layout.format.bits = *bits;
    for (const std::string_view suffix : {"fps", "hz"})
        if (const auto rate = numberBefore(suffix); rate && *rate <= 1000)
            layout.framesPerSecond = *rate;
    if (word == "400" || word == "gray" || word == "grey" || word == "mono")
        layout.format.chroma = Chroma::k400;
    if (word == "411")
        layout.format.chroma = Chroma::k411;
    if (word == "420")
        layout.format.chroma = Chroma::k420;
    if (word == "422")
        layout.format.chroma = Chroma::k422;
    if (word == "440")
        layout.format.chroma = Chroma::k440;
    if (word == "444")
        layout.format.chroma = Chroma::k444;
    if (word == "be")
        layout.order = ByteOrder::big;
}

} // namespace

Result<void> setRawFormat(RawLayout& layout, std::string_view name)
{
    std::string rest = lower(name.substr(0, 40));
    ByteOrder order = ByteOrder::little;
    if (rest.ends_with("be") || rest.ends_with("le")) {
        order = rest.ends_with("be") ? ByteOrder::big : ByteOrder::little;
        rest.resize(rest.size() - 2);
    }
    const auto packed = std::ranges::find(kPacked, std::string_view(rest), &NamedRaw::name);
    if (packed != std::end(kPacked)) {
        layout.format = packed->format;
        layout.arrangement = packed->arrangement;
        layout.highBits = packed->highBits;
    } else {
        VITRINE_TRY(layout.format, parseFormat(rest));
        layout.arrangement = Arrangement::planar;
        layout.highBits = false;
    }
    layout.order = order;
    return {};
}

std::string rawFormatName(const RawLayout& layout)
{
    const auto packed = std::ranges::find_if(kPacked, [&](const NamedRaw& known) {
        return known.name != "i420" && known.format == layout.format &&
               known.arrangement == layout.arrangement && known.highBits == layout.highBits;
    });
    std::string name =
        packed != std::end(kPacked) ? std::string(packed->name) : formatName(layout.format);
    if (layout.format.bits > 8)
        name += layout.order == ByteOrder::big ? "be" : "le";
    return name;
}

std::optional<RawLayout> guessRawLayout(std::string_view fileName)
{
    RawLayout layout;
    const auto words = wordsOf(fileName);
    std::size_t sizeAt = words.size();
    for (std::size_t i = 0; i < words.size() && sizeAt == words.size(); ++i)
        if (takeSize(layout, words[i]))
            sizeAt = i;
    if (sizeAt == words.size())
        return std::nullopt;
    for (const std::string& word : words) {
        takeDetail(layout, word);
        RawLayout named = layout;
        if (setRawFormat(named, word)) // "yuv420p10le", "nv12"; a plain "gray" too
            layout = named;
    }
    // "BasketballDrive_1920x1080_50": the usual place of the rate.
    if (layout.framesPerSecond == 0 && sizeAt + 1 < words.size())
        if (const auto rate = smallNumber(words[sizeAt + 1]); rate && *rate <= 240)
            layout.framesPerSecond = *rate;
    return layout;
}

} // namespace vitrine::video
