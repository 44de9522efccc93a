#include "core/codec/encode.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/codec/codec_entry.h"

namespace vitrine::codec
{
namespace
{

std::vector<std::string_view> split(std::string_view text, char by)
{
    std::vector<std::string_view> parts;
    while (true) {
        const auto at = text.find(by);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos)
            return parts;
        text.remove_prefix(at + 1);
    }
}

struct Item {
    EncodeOptions options;
    std::vector<double> values;
};

Result<int> wholeNumber(std::string_view key, std::string_view value)
{
    const auto number = parseInteger(value);
    if (!number || *number < 0 || *number > 1'000'000)
        return argumentError("{}=\"{}\" is no whole number", key, value.substr(0, 20));
    return static_cast<int>(*number);
}

Result<void> takeKey(Item& item, const CodecEntry& entry, std::string_view key,
                     std::string_view value)
{
    EncodeOptions& options = item.options;
    if (key == entry.qualityKey || key == "qp" || key == "kbps") {
        if (!item.values.empty())
            return argumentError("more than one of {}, qp and kbps", entry.qualityKey);
        options.mode = key == "kbps" ? RateMode::bitrate
                       : key == "qp" ? RateMode::quantizer
                                     : RateMode::quality;
        for (const std::string_view one : split(value, ',')) {
            const auto number = parseReal(trimmed(one));
            if (!number)
                return argumentError("{}=\"{}\" is not a number", key, one.substr(0, 20));
            item.values.push_back(*number);
        }
        return {};
    }
    if (key == "preset") {
        options.preset = std::string(value);
        return {};
    }
    if (key == "gop") {
        VITRINE_TRY(options.gop, wholeNumber(key, value));
        return {};
    }
    if (key == "threads") {
        VITRINE_TRY(options.threads, wholeNumber(key, value));
        return {};
    }
    if (key == "protocol" && (value == "ld" || value == "ra")) {
        options.protocol = value == "ld" ? Protocol::lowDelay : Protocol::randomAccess;
        return {};
    }
    return argumentError(
        "\"{}={}\" is unknown: {}, qp, kbps, preset, gop, protocol=ld|ra and threads are known",
        key.substr(0, 20), value.substr(0, 20), entry.qualityKey);
}

Result<void> parseItem(std::string_view text, std::vector<EncodeOptions>& list)
{
    const auto parts = split(text, ':');
    VITRINE_TRY(const CodecEntry* entry, findCodec(trimmed(parts.front())));
    Item item;
    item.options.codec = std::string(entry->name);
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const auto equals = parts[i].find('=');
        const std::string_view key = trimmed(parts[i].substr(0, equals));
        const std::string_view value = equals == std::string_view::npos
                                           ? std::string_view()
                                           : trimmed(parts[i].substr(equals + 1));
        VITRINE_CHECK(takeKey(item, *entry, key, value));
    }
    if (item.values.empty())
        return argumentError("no rate is given: {}=, qp= or kbps=", entry->qualityKey);
    for (const double value : item.values) {
        EncodeOptions options = item.options;
        options.value = value;
        VITRINE_TRY(options, checkedOptions(std::move(options)));
        list.push_back(std::move(options));
    }
    return {};
}

std::string_view modeKey(const EncodeOptions& options)
{
    if (options.mode == RateMode::bitrate)
        return "kbps";
    if (options.mode == RateMode::quantizer)
        return "qp";
    const auto entry = findCodec(options.codec);
    return entry ? (*entry)->qualityKey : "q";
}

} // namespace

Result<std::vector<EncodeOptions>> parseEncodeList(std::string_view text)
{
    std::vector<EncodeOptions> list;
    for (const std::string_view item : split(text, ';')) {
        if (trimmed(item).empty())
            continue;
        if (auto parsed = parseItem(trimmed(item), list); !parsed)
            return argumentError("codecs: \"{}\": {}", trimmed(item).substr(0, 60),
                                 parsed.error().message);
    }
    if (list.empty())
        return argumentError(
            "codecs: none is given, e.g. x264:crf=22,27,32,37;x265:crf=22,27,32,37");
    return list;
}

std::string settingText(const EncodeOptions& options)
{
    std::string text = fmt::format("{}={}", modeKey(options), shortest(options.value));
    if (!options.preset.empty())
        text += ":preset=" + options.preset;
    text += fmt::format(":gop={}:protocol={}", options.gop,
                        options.protocol == Protocol::lowDelay ? "ld" : "ra");
    if (options.threads != 1)
        text += fmt::format(":threads={}", options.threads);
    return text;
}

std::string toText(const EncodeOptions& options)
{
    return options.codec + ":" + settingText(options);
}

} // namespace vitrine::codec
