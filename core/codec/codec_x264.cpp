#include "core/codec/ffmpeg_codec.h"

#include "core/base/format.h"

namespace vitrine::codec
{
namespace
{

constexpr std::string_view kX264Presets[] = {
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"};

EncoderSetup x264Setup(const EncodeOptions& options)
{
    EncoderSetup result;
    std::string params =
        fmt::format("keyint={0}:min-keyint={0}:scenecut=0:open-gop=0", options.gop);
    if (options.protocol == Protocol::lowDelay) {
        result.options["tune"] = "zerolatency";
        params += ":bframes=0:ref=4:rc-lookahead=0";
    }
    if (options.mode == RateMode::quality)
        result.options["crf"] = shortest(options.value);
    if (options.mode == RateMode::quantizer)
        params += ":qp=" + shortest(options.value);
    result.options["preset"] = options.preset;
    result.options["x264-params"] = params;
    return result;
}

} // namespace

const FfmpegEntry kX264{"x264",        "x264 (H.264)", "libx264", "crf",     {0, 51, false},
                        {0, 69, true}, kX264Presets,   "medium",  x264Setup, true};

} // namespace vitrine::codec
