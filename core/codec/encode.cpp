#include "core/codec/encode.h"

#include "core/base/format.h"
#include "core/codec/codec_list.h"

#include <cassert>

namespace vitrine::codec
{

std::string_view protocolKey(Protocol protocol)
{
    return protocol == Protocol::lowDelay ? "ld" : "ra";
}

std::string settingText(const EncodeOptions& options)
{
    assert(!options.rateKey.empty());
    std::string text = fmt::format("{}={}", options.rateKey, shortest(options.value));
    if (!options.preset.empty())
        text += ":preset=" + options.preset;
    text += fmt::format(":gop={}:protocol={}", options.gop, protocolKey(options.protocol));
    if (options.threads != 1)
        text += fmt::format(":threads={}", options.threads);
    return text;
}

std::string toText(const EncodeOptions& options)
{
    return options.codec + ":" + settingText(options);
}

Result<Encoded> encode(video::FrameSource& source, std::int64_t first, std::int64_t count,
                       const EncodeOptions& options, const std::filesystem::path& file,
                       const EncodeProgress& progress)
{
    VITRINE_TRY(const VideoCodec* codec, ffmpegCodecs().find(options.codec));
    return codec->encode(source, first, count, options, file, progress);
}

} // namespace vitrine::codec
