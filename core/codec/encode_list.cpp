#include "core/codec/encode.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/codec/codec_list.h"

#include <algorithm>
#include <fmt/ranges.h>

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

// "crf, qp and kbps": the ways in which a codec is told its rate.
std::string rateKeys(const CodecInfo& info, std::string_view after, std::string_view last)
{
    std::string keys;
    for (std::size_t i = 0; i < info.rates.size(); ++i)
        keys += fmt::format("{}{}{}",
                            i == 0                      ? ""
                            : i + 1 < info.rates.size() ? ", "
                                                        : last,
                            info.rates[i].key, after);
    return keys;
}

Result<void> takeRate(Item& item, const CodecInfo& info, const RateKind& rate,
                      std::string_view value)
{
    if (!item.values.empty())
        return argumentError("more than one of {}", rateKeys(info, "", " and "));
    item.options.mode = rate.mode;
    for (const std::string_view one : split(value, ',')) {
        const auto number = parseReal(trimmed(one));
        if (!number)
            return argumentError("{}=\"{}\" is not a number", rate.key, one.substr(0, 20));
        item.values.push_back(*number);
    }
    return {};
}

Result<void> takeKey(Item& item, const CodecInfo& info, std::string_view key,
                     std::string_view value)
{
    EncodeOptions& options = item.options;
    const auto rate = std::ranges::find(info.rates, key, &RateKind::key);
    if (rate != info.rates.end())
        return takeRate(item, info, *rate, value);
    if (key == "qp" || key == "kbps")
        return argumentError("{}: there is no {}, use {}", info.name, key, info.rates.front().key);
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
        "\"{}={}\" is unknown: {}, preset, gop, protocol=ld|ra and threads are known",
        key.substr(0, 20), value.substr(0, 20), rateKeys(info, "", ", "));
}

Result<void> parseItem(std::string_view text, const CodecList& codecs,
                       std::vector<EncodeOptions>& list)
{
    const auto parts = split(text, ':');
    VITRINE_TRY(const VideoCodec* codec, codecs.find(trimmed(parts.front())));
    Item item;
    item.options.codec = codec->info().name;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const auto equals = parts[i].find('=');
        const std::string_view key = trimmed(parts[i].substr(0, equals));
        const std::string_view value = equals == std::string_view::npos
                                           ? std::string_view()
                                           : trimmed(parts[i].substr(equals + 1));
        VITRINE_CHECK(takeKey(item, codec->info(), key, value));
    }
    if (item.values.empty())
        return argumentError("no rate is given: {}", rateKeys(codec->info(), "=", " or "));
    for (const double value : item.values) {
        EncodeOptions options = item.options;
        options.value = value;
        VITRINE_TRY(options, codec->checked(std::move(options)));
        list.push_back(std::move(options));
    }
    return {};
}

} // namespace

Result<std::vector<EncodeOptions>> parseEncodeList(std::string_view text, const CodecList& codecs)
{
    std::vector<EncodeOptions> list;
    for (const std::string_view item : split(text, ';')) {
        if (trimmed(item).empty())
            continue;
        if (auto parsed = parseItem(trimmed(item), codecs, list); !parsed)
            return argumentError("codecs: \"{}\": {}", trimmed(item).substr(0, 60),
                                 parsed.error().message);
    }
    if (list.empty())
        return argumentError(
            "codecs: none is given, e.g. x264:crf=22,27,32,37;x265:crf=22,27,32,37");
    return list;
}

} // namespace vitrine::codec
