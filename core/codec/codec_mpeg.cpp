// MPEG-2 and MPEG-4 part 2 by FFmpeg's own encoders.
#include "core/codec/ffmpeg_codec.h"

namespace vitrine::codec
{
namespace
{

EncoderSetup mpegSetup(const EncodeOptions& options)
{
    EncoderSetup result;
    result.options["bf"] = options.protocol == Protocol::lowDelay ? "0" : "2";
    result.options["sc_threshold"] = "1000000000"; // no intra frames beside the period's
    result.options["flags"] = "+cgop";
    result.options["mpv_flags"] = "+strict_gop"; // the period holds with B frames too
    if (options.mode != RateMode::bitrate)
        result.quantizerScale = static_cast<int>(options.value);
    return result;
}

} // namespace

const FfmpegEntry kMpeg4{"mpeg4", "MPEG-4 part 2", "mpeg4", "q", {1, 31, true}, {1, 31, true}, {},
                         "",      mpegSetup};
const FfmpegEntry kMpeg2{"mpeg2",       "MPEG-2", "mpeg2video", "q",      {1, 31, true},
                         {1, 31, true}, {},       "",           mpegSetup};

} // namespace vitrine::codec
