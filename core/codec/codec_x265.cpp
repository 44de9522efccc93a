#include "core/codec/ffmpeg_codec.h"

#include "core/base/format.h"

namespace vitrine::codec
{
namespace
{

constexpr std::string_view kX265Presets[] = {
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"};

// info=0: no user data with the settings in the first packet, which would count as rate.
EncoderSetup x265Setup(const EncodeOptions& options)
{
    EncoderSetup result;
    std::string params = fmt::format(
        "keyint={0}:min-keyint={0}:scenecut=0:open-gop=0:info=0:log-level=none", options.gop);
    if (options.protocol == Protocol::lowDelay)
        params += ":bframes=0:ref=4:rc-lookahead=0";
    params += options.threads == 1 ? ":pools=1:frame-threads=1"
                                   : fmt::format(":pools={}:frame-threads=1", options.threads);
    if (options.mode == RateMode::quality)
        params += ":crf=" + shortest(options.value);
    if (options.mode == RateMode::quantizer)
        params += ":qp=" + shortest(options.value);
    result.options["preset"] = options.preset;
    result.options["x265-params"] = params;
    return result;
}

} // namespace

const FfmpegEntry kX265{"x265",        "x265 (HEVC)", "libx265", "crf",     {0, 51, false},
                        {0, 51, true}, kX265Presets,  "medium",  x265Setup, true};

} // namespace vitrine::codec
