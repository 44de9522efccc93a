#include "core/codec/source.h"

#include "core/base/regular_file.h"
#include "core/codec/codec_list.h"
#include "core/codec/media_source.h"
#include "core/codec/picture_sequence.h"
#include "core/video/raw_file.h"
#include "core/video/y4m.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>
#include <span>

namespace vitrine::codec
{
namespace
{

bool startsAsY4m(const RegularFile& file)
{
    std::array<char, 9> start{};
    file.readAt(0, std::as_writable_bytes(std::span(start)));
    return std::string_view(start.data(), start.size()) == "YUV4MPEG2";
}

// What FFmpeg's own programs take besides files: "http://host/a.mp4", "concat:a|b", made absolute
// as if it were a file's name.
bool isAddress(const std::filesystem::path& path)
{
    static const std::regex kScheme(
        "(.*/)?(async|bluray|cache|concat|concatf|crypto|data|fd|ftp|gopher|hls|https?|pipe|rtmp|"
        "rtp|rtsp|sftp|smb|srt|subfile|tcp|udp|unix)[:,].*");
    const std::string text = path.string();
    return text.size() < 4096 && std::regex_match(text, kScheme);
}

} // namespace

bool isRawName(const std::filesystem::path& path)
{
    std::string ending = path.extension().string();
    std::ranges::transform(ending, ending.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::string_view kRaw[] = {
        ".yuv", ".raw", ".nv12", ".nv21", ".nv16", ".p010", ".p016", ".i420", ".iyuv", ".yv12",
        // refused by what they say
        ".uyvy", ".yuyv", ".yuy2", ".v210", ".rgb", ".bgr", ".rgba", ".bgra", ".rgb24", ".bgr24"};
    return std::ranges::find(kRaw, std::string_view(ending)) != std::end(kRaw);
}

Result<std::unique_ptr<video::FrameSource>> openSource(const std::filesystem::path& path,
                                                       const OpenOptions& options)
{
    if (isPictureSequence(path))
        return openPictures(path, options.raw.framesPerSecond);
    const auto file = RegularFile::open(path);
    if (!file && isAddress(path))
        return inputError("cannot read {}: it is an address; only files are opened", path.string());
    if (!file)
        return tl::unexpected(file.error());
    if (startsAsY4m(*file))
        return video::openY4m(path, options.raw.framesPerSecond);
    if (const VideoCodec* codec =
            options.codecs ? options.codecs->withContainerOf(*file) : nullptr) {
        VITRINE_TRY(auto coded, codec->open(path, options));
        return std::unique_ptr<video::FrameSource>(std::move(coded));
    }
    if (isRawName(path)) {
        VITRINE_TRY(const auto reading, video::readingOf(path, options.raw));
        return video::openRaw(path, reading.layout, reading.origin);
    }
    VITRINE_TRY(auto media, MediaSource::open(path, options));
    return std::unique_ptr<video::FrameSource>(std::move(media));
}

Result<std::vector<std::filesystem::path>> filesOf(const std::filesystem::path& path)
{
    if (isPictureSequence(path))
        return picturesOf(path);
    return std::vector{path};
}

} // namespace vitrine::codec
