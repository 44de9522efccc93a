#include "core/codec/codec_entry.h"

#include "core/base/format.h"
#include "core/codec/av.h"

#include <algorithm>
#include <fmt/format.h>

namespace vitrine::codec
{

std::span<const CodecEntry* const> codecEntries()
{
    static constexpr const CodecEntry* kEntries[] = {&kX264, &kX265,  &kSvtAv1, &kAom,
                                                     &kVp9,  &kMpeg4, &kMpeg2};
    return kEntries;
}

Result<const CodecEntry*> findCodec(std::string_view name)
{
    std::string known;
    for (const CodecEntry* entry : codecEntries()) {
        if (entry->name == name)
            return entry;
        known += (known.empty() ? "" : ", ") + std::string(entry->name);
    }
    if (name == "nvc")
        return argumentError(
            "codec nvc: the neural codec is not part of this version; there are {}", known);
    return argumentError("codec \"{}\" is unknown: there are {}", name.substr(0, 20), known);
}

std::vector<std::string> codecNames()
{
    std::vector<std::string> names;
    for (const CodecEntry* entry : codecEntries())
        names.emplace_back(entry->name);
    return names;
}

std::string codecTitle(std::string_view name)
{
    const auto entry = findCodec(name);
    return std::string(entry ? (*entry)->title : name);
}

std::vector<std::string> codecPresets(std::string_view name)
{
    const auto entry = findCodec(name);
    return entry ? std::vector<std::string>((*entry)->presets.begin(), (*entry)->presets.end())
                 : std::vector<std::string>();
}

std::string codecVersion(std::string_view name)
{
    const auto entry = findCodec(name);
    const unsigned v = avcodec_version();
    return fmt::format("{}, libavcodec {}.{}.{}", entry ? (*entry)->encoder : name, v >> 16,
                       v >> 8 & 255, v & 255);
}

Result<EncodeOptions> checkedOptions(EncodeOptions options)
{
    VITRINE_TRY(const CodecEntry* entry, findCodec(options.codec));
    const ValueRange range = options.mode == RateMode::quality     ? entry->quality
                             : options.mode == RateMode::quantizer ? entry->quantizer
                                                                   : ValueRange{1, 1e6, false};
    if (range.high < range.low)
        return argumentError("{}: there is no qp, use {}", options.codec, entry->qualityKey);
    if (!(options.value >= range.low && options.value <= range.high) ||
        (range.isWhole &&
         options.value != static_cast<double>(static_cast<std::int64_t>(options.value))))
        return argumentError("{}: {} is out of range: {}from {} to {}", options.codec,
                             shortest(options.value), range.isWhole ? "whole numbers " : "",
                             shortest(range.low), shortest(range.high));
    if (options.gop < 1 || options.gop > 10'000)
        return argumentError("{}: gop={} is out of range: from 1 to 10000", options.codec,
                             options.gop);
    if (options.threads < 1 || options.threads > 64)
        return argumentError("{}: threads={} is out of range: from 1 to 64", options.codec,
                             options.threads);
    if (options.preset.empty())
        options.preset = entry->defaultPreset;
    if (!entry->presets.empty() || !options.preset.empty())
        if (std::ranges::find(entry->presets, std::string_view(options.preset)) ==
            entry->presets.end())
            return argumentError("{}: preset \"{}\" is unknown{}{}", options.codec,
                                 options.preset.substr(0, 20),
                                 entry->presets.empty() ? ": it has none" : ": there are ",
                                 fmt::join(entry->presets, ", "));
    return options;
}

} // namespace vitrine::codec
