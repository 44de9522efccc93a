#include "core/video/y4m.h"

#include "core/base/format.h"

#include <algorithm>

namespace vitrine::video
{
namespace
{

constexpr std::string_view kMagic = "YUV4MPEG2";
constexpr std::size_t kLongestLine = 4096;

std::string printableStart(std::string_view text)
{
    std::string shown(text.substr(0, 32));
    std::ranges::replace_if(
        shown, [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '.');
    return shown;
}

Result<int> parseSide(std::string_view value, std::string_view name)
{
    const auto side = parseInteger(value);
    if (!side || *side < 1 || *side > Frame::kLargestSide)
        return inputError("cannot read {}: \"{}\" is no width or height from 1 to {}", name,
                          printableStart(value), Frame::kLargestSide);
    return static_cast<int>(*side);
}

Result<void> takeRate(Y4mHeader& header, std::string_view value, std::string_view name)
{
    const auto colon = value.find(':');
    const auto above = parseInteger(value.substr(0, colon));
    const auto below =
        colon == std::string_view::npos ? std::nullopt : parseInteger(value.substr(colon + 1));
    if (!above || !below || *above < 0 || *below < 0 || *above > 1'000'000'000 ||
        *below > 1'000'000'000)
        return inputError("cannot read {}: \"F{}\" is no frame rate", name, printableStart(value));
    header.rateNumerator = *below > 0 ? *above : 0;
    header.rateDenominator = std::max<std::int64_t>(*below, 1);
    return {};
}

Result<void> takeParameter(Y4mHeader& header, std::string_view word, std::string_view name)
{
    const std::string_view value = word.substr(1);
    switch (word.front()) {
    case 'W': {
        VITRINE_TRY(header.width, parseSide(value, name));
        return {};
    }
    case 'H': {
        VITRINE_TRY(header.height, parseSide(value, name));
        return {};
    }
    case 'F':
        return takeRate(header, value, name);
    case 'I':
        header.interlacing = value.size() == 1 ? value.front() : '?';
        return {};
    case 'C': {
        auto format = parseY4mChroma(value);
        if (!format)
            return inputError("cannot read {}: {}", name, format.error().message);
        header.format = *format;
        return {};
    }
    case 'X':
        if (value == "COLORRANGE=FULL")
            header.colour.range = ColourRange::full;
        if (value == "COLORRANGE=LIMITED")
            header.colour.range = ColourRange::limited;
        return {};
    default:
        return {}; // aspect and whatever else does not change the samples
    }
}

} // namespace

Result<SampleFormat> parseY4mChroma(std::string_view value)
{
    SampleFormat format;
    if (value.starts_with("mono")) {
        format.chroma = Chroma::k400;
        const auto bits =
            value == "mono" ? std::optional<std::int64_t>(8) : parseInteger(value.substr(4));
        if (bits && *bits >= 8 && *bits <= 16) {
            format.bits = static_cast<int>(*bits);
            return format;
        }
    }
    for (const std::string_view siting : {"420jpeg", "420mpeg2", "420paldv", "420"})
        if (value == siting)
            return format;
    if (value.size() >= 3) {
        const auto plain = parseFormat(fmt::format("yuv{}p", value.substr(0, 3)));
        const std::string_view rest = value.substr(3);
        const auto bits = rest.starts_with('p') ? parseInteger(rest.substr(1)) : std::nullopt;
        if (plain && rest.empty())
            return *plain;
        if (plain && bits && *bits >= 9 && *bits <= 16)
            return SampleFormat{static_cast<int>(*bits), plain->chroma};
    }
    return inputError("colour space \"{}\" is not supported: 4:0:0 to 4:4:4 of 8 to 16 bits are",
                      printableStart(value));
}

Result<Y4mHeader> parseY4mHeader(std::string_view start, std::string_view name)
{
    if (!start.starts_with(kMagic))
        return inputError("cannot read {}: it does not begin with {}", name, kMagic);
    const auto end = start.substr(0, kLongestLine).find('\n');
    if (end == std::string_view::npos)
        return inputError("cannot read {}: its first line does not end within {} bytes", name,
                          kLongestLine);
    Y4mHeader header;
    header.bytes = end + 1;
    std::string_view rest = start.substr(kMagic.size(), end - kMagic.size());
    while (!rest.empty()) {
        const auto space = std::min(rest.find(' '), rest.size());
        if (space > 0)
            VITRINE_CHECK(takeParameter(header, rest.substr(0, space), name));
        rest.remove_prefix(std::min(space + 1, rest.size()));
    }
    if (header.width == 0 || header.height == 0)
        return inputError("cannot read {}: its first line names no width and height", name);
    return header;
}

} // namespace vitrine::video
