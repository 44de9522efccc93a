#include "core/codec/ffmpeg_codec.h"

#include "core/base/format.h"

namespace vitrine::codec
{
namespace
{

constexpr std::string_view kVp9Speeds[] = {"0", "1", "2", "3", "4", "5"};

EncoderSetup vp9Setup(const EncodeOptions& options)
{
    EncoderSetup result;
    result.options["deadline"] = "good";
    result.options["cpu-used"] = options.preset;
    result.options["row-mt"] = options.threads > 1 ? "1" : "0";
    if (options.protocol == Protocol::lowDelay) {
        result.options["lag-in-frames"] = "0";
        result.options["auto-alt-ref"] = "0";
    }
    if (options.mode == RateMode::quality) {
        result.options["crf"] = shortest(options.value);
        result.options["b"] = "0";
    }
    return result;
}

} // namespace

const FfmpegEntry kVp9{"vp9",        "libvpx (VP9)", "libvpx-vp9", "crf",   {0, 63, true},
                       {1, 0, true}, kVp9Speeds,     "2",          vp9Setup};

} // namespace vitrine::codec
