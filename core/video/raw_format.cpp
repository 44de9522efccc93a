// Names of raw formats.
#include "core/video/raw_layout.h"

#include "core/base/format.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace vitrine::video
{
namespace
{

struct NamedRaw {
    std::string_view name;
    SampleFormat format;
    Arrangement arrangement;
    bool highBits;
};
constexpr Arrangement kUv = Arrangement::semiPlanar, kVu = Arrangement::semiPlanarSwapped;
// Of names for one format the first is the one that is shown.
constexpr NamedRaw kNamedRaw[] = {{"nv12", {8, Chroma::k420}, kUv, false},
                                  {"nv21", {8, Chroma::k420}, kVu, false},
                                  {"nv16", {8, Chroma::k422}, kUv, false},
                                  {"nv61", {8, Chroma::k422}, kVu, false},
                                  {"nv24", {8, Chroma::k444}, kUv, false},
                                  {"nv42", {8, Chroma::k444}, kVu, false},
                                  {"p010", {10, Chroma::k420}, kUv, true},
                                  {"p012", {12, Chroma::k420}, kUv, true},
                                  {"p016", {16, Chroma::k420}, kUv, true},
                                  {"p210", {10, Chroma::k422}, kUv, true},
                                  {"p212", {12, Chroma::k422}, kUv, true},
                                  {"p216", {16, Chroma::k422}, kUv, true},
                                  {"p410", {10, Chroma::k444}, kUv, true},
                                  {"p412", {12, Chroma::k444}, kUv, true},
                                  {"p416", {16, Chroma::k444}, kUv, true},
                                  {"yv12", {8, Chroma::k420}, Arrangement::planarSwapped, false},
                                  {"yv16", {8, Chroma::k422}, Arrangement::planarSwapped, false},
                                  {"yv24", {8, Chroma::k444}, Arrangement::planarSwapped, false}};

// Other words for planar formats.
struct OtherName {
    std::string_view name, format;
};
constexpr OtherName kOtherNames[] = {
    {"i420", "yuv420p"},   {"iyuv", "yuv420p"},   {"i422", "yuv422p"},   {"y42b", "yuv422p"},
    {"i444", "yuv444p"},   {"i010", "yuv420p10"}, {"i012", "yuv420p12"}, {"i210", "yuv422p10"},
    {"i212", "yuv422p12"}, {"i410", "yuv444p10"}, {"i412", "yuv444p12"}, {"y800", "gray"},
    {"y8", "gray"},        {"y10", "gray10"},     {"y12", "gray12"},     {"y16", "gray16"},
    {"grey", "gray"},      {"mono", "gray"}};

constexpr std::string_view kNotRead[] = {
    "uyvy", "uyvy422", "uynv",   "yuyv",  "yuyv422", "yuy2",  "yunv",   "yvyu",   "yvyu422",
    "vyuy", "2vuy",    "uyyvyy", "v210",  "v216",    "v308",  "v408",   "v410",   "y210",
    "y212", "y216",    "y410",   "y412",  "y416",    "y41p",  "yvu9",   "ayuv",   "vuya",
    "vuyx", "vuyy",    "xyz12",  "nv20",  "nv12mt",  "nv12t", "nv15",   "nv12hw", "ya8",
    "ya16", "pal8",    "monow",  "monob", "rgb",     "bgr",   "packed", "grayf32"};
constexpr std::string_view kNotReadStarts[] = {"rgb",   "bgr",  "argb", "abgr",  "xrgb", "xbgr",
                                               "0rgb",  "0bgr", "gbrp", "gbrap", "yuva", "yuv410",
                                               "bayer", "ayuv", "xv30", "xv36"};

std::string lowerCase(std::string_view text)
{
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

// "yuv422p10", "yuv422", "422p10", "yuv400p16", "yuvj420p", "gray12", "grey": planar formats as
// people write them; as FFmpeg writes them where it knows them. Empty: another word.
std::string planarName(std::string_view word)
{
    const auto other = std::ranges::find(kOtherNames, word, &OtherName::name);
    if (other != std::end(kOtherNames))
        return std::string(other->format);
    if (word.starts_with("gray") || word.starts_with("grey"))
        return "gray" + std::string(word.substr(4));
    std::string_view rest = word;
    const bool saysYuv = rest.starts_with("yuv") || rest.starts_with("ycc");
    if (saysYuv)
        rest.remove_prefix(rest.starts_with("yuvj") ? 4 : 3);
    if (rest.size() < 3)
        return {};
    const std::string_view digits = rest.substr(0, 3);
    rest.remove_prefix(3);
    const bool saysPlanar = rest.starts_with('p');
    if (saysPlanar)
        rest.remove_prefix(1);
    // "420" alone is a number like any other; "yuv420", "420p" and "420p10" are formats.
    if (!saysPlanar && (!saysYuv || !rest.empty()))
        return {};
    return digits == "400" ? fmt::format("gray{}", rest) : fmt::format("yuv{}p{}", digits, rest);
}

} // namespace

bool isUnreadRawFormat(std::string_view name)
{
    const std::string word = lowerCase(name.substr(0, 40));
    if (std::ranges::find(kNotRead, std::string_view(word)) != std::end(kNotRead))
        return true;
    return std::ranges::any_of(kNotReadStarts, [&](std::string_view start) {
        if (!word.starts_with(start) || word.size() == start.size())
            return word == start;
        const char next = word[start.size()]; // "rgb24", "rgba", not "rgbtest"
        const std::string_view rest = std::string_view(word).substr(start.size());
        return std::isdigit(static_cast<unsigned char>(next)) != 0 || rest == "a" || rest == "le" ||
               rest == "be" || rest.starts_with("a64") || rest == "p" || rest == "x";
    });
}

Result<void> setRawFormat(RawLayout& layout, std::string_view name)
{
    std::string rest = lowerCase(name.substr(0, 40));
    if (isUnreadRawFormat(rest))
        return inputError(
            "{} is a layout that is known but not read: planar YUV and greys "
            "(yuv420p, yuv422p10le, gray16le), nv12 and its kin, p010 and its kin are",
            name.substr(0, 40));
    ByteOrder order = ByteOrder::little;
    if (rest.ends_with("be") || rest.ends_with("le")) {
        order = rest.ends_with("be") ? ByteOrder::big : ByteOrder::little;
        rest.resize(rest.size() - 2);
    }
    const auto named = std::ranges::find(kNamedRaw, std::string_view(rest), &NamedRaw::name);
    if (named != std::end(kNamedRaw)) {
        layout.format = named->format;
        layout.arrangement = named->arrangement;
        layout.highBits = named->highBits;
    } else {
        const std::string planar = planarName(rest);
        VITRINE_TRY(layout.format, parseFormat(planar.empty() ? rest : planar));
        layout.arrangement = Arrangement::planar;
        layout.highBits = false;
    }
    if (rest.starts_with("yuvj"))
        layout.colour.range = ColourRange::full;
    layout.order = order;
    return {};
}

std::string rawFormatName(const RawLayout& layout)
{
    const auto named = std::ranges::find_if(kNamedRaw, [&](const NamedRaw& known) {
        return known.format == layout.format && known.arrangement == layout.arrangement &&
               known.highBits == layout.highBits;
    });
    std::string name =
        named != std::end(kNamedRaw) ? std::string(named->name) : formatName(layout.format);
    if (layout.format.bits > 8)
        name += layout.order == ByteOrder::big ? "be" : "le";
    return name;
}

} // namespace vitrine::video
