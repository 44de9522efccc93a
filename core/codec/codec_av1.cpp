// Two encoders of AV1.
#include "core/codec/ffmpeg_codec.h"

#include "core/base/format.h"

namespace vitrine::codec
{
namespace
{

constexpr std::string_view kSvtPresets[] = {"2", "3", "4",  "5",  "6", "7",
                                            "8", "9", "10", "11", "12"};
constexpr std::string_view kAomSpeeds[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8"};

EncoderSetup svtSetup(const EncodeOptions& options)
{
    EncoderSetup result;
    std::string params = fmt::format("lp={}:scd=0", options.threads);
    if (options.protocol == Protocol::lowDelay)
        params += ":pred-struct=1:enable-tf=0";
    if (options.mode == RateMode::quality)
        result.options["crf"] = shortest(options.value);
    if (options.mode == RateMode::quantizer)
        result.options["qp"] = shortest(options.value);
    result.options["preset"] = options.preset;
    result.options["svtav1-params"] = params;
    return result;
}

EncoderSetup aomSetup(const EncodeOptions& options)
{
    EncoderSetup result;
    result.options["cpu-used"] = options.preset;
    result.options["row-mt"] = options.threads > 1 ? "1" : "0";
    if (options.protocol == Protocol::lowDelay) {
        result.options["lag-in-frames"] = "0";
        result.options["usage"] = "realtime";
    }
    if (options.mode == RateMode::quality) {
        result.options["crf"] = shortest(options.value);
        result.options["b"] = "0";
    }
    return result;
}

} // namespace

const FfmpegEntry kSvtAv1{"av1",         "SVT-AV1 (AV1)", "libsvtav1", "crf",    {1, 63, true},
                          {1, 63, true}, kSvtPresets,     "8",         svtSetup, true};
const FfmpegEntry kAom{"aom",        "libaom (AV1)", "libaom-av1", "crf",   {0, 63, true},
                       {1, 0, true}, kAomSpeeds,     "6",          aomSetup};

} // namespace vitrine::codec
