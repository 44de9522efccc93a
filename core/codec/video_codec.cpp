#include "core/codec/video_codec.h"

#include "core/base/format.h"

#include <algorithm>
#include <cmath>
#include <fmt/ranges.h>

namespace vitrine::codec
{
namespace
{

std::string_view modeWord(RateMode mode)
{
    return mode == RateMode::quality     ? "constant quality"
           : mode == RateMode::quantizer ? "qp"
                                         : "kbps";
}

Result<void> checkValue(const CodecInfo& info, const RateKind& rate, double value)
{
    const ValueRange& range = rate.values;
    if (value >= range.low && value <= range.high && (!range.isWhole || value == std::trunc(value)))
        return {};
    return argumentError("{}: {} is out of range: {}from {} to {}", info.name, shortest(value),
                         range.isWhole ? "whole numbers " : "", shortest(range.low),
                         shortest(range.high));
}

Result<void> checkPreset(const CodecInfo& info, const std::string& preset)
{
    if (std::ranges::find(info.presets, preset) != info.presets.end() ||
        (info.presets.empty() && preset.empty()))
        return {};
    return argumentError("{}: preset \"{}\" is unknown{}{}", info.name, preset.substr(0, 20),
                         info.presets.empty() ? ": it has none" : ": there are ",
                         fmt::join(info.presets, ", "));
}

} // namespace

Result<EncodeOptions> VideoCodec::checked(EncodeOptions options) const
{
    const auto rate = std::ranges::find(info_.rates, options.mode, &RateKind::mode);
    if (rate == info_.rates.end())
        return argumentError("{}: there is no {}, use {}", info_.name, modeWord(options.mode),
                             info_.rates.front().key);
    VITRINE_CHECK(checkValue(info_, *rate, options.value));
    options.rateKey = rate->key;
    if (options.gop < 1 || options.gop > 10'000)
        return argumentError("{}: gop={} is out of range: from 1 to 10000", info_.name,
                             options.gop);
    if (options.threads < 1 || options.threads > 64)
        return argumentError("{}: threads={} is out of range: from 1 to 64", info_.name,
                             options.threads);
    if (std::ranges::find(info_.protocols, options.protocol) == info_.protocols.end())
        return argumentError("{}: there is no protocol={}, use {}", info_.name,
                             protocolKey(options.protocol), protocolKey(info_.protocols.front()));
    if (options.preset.empty())
        options.preset = info_.defaultPreset;
    VITRINE_CHECK(checkPreset(info_, options.preset));
    return options;
}

Result<Encoded> VideoCodec::encode(video::FrameSource& source, std::int64_t first,
                                   std::int64_t count, const EncodeOptions& options,
                                   const std::filesystem::path& file,
                                   const EncodeProgress& progress) const
{
    VITRINE_TRY(const EncodeOptions valid, checked(options));
    if (first < 0 || count < 1 || first > source.info().frames - count)
        return argumentError("frames {} to {} of {} cannot be encoded", first, first + count - 1,
                             source.info().frames);
    return encodeFrames(source, first, count, valid, file, progress);
}

} // namespace vitrine::codec
