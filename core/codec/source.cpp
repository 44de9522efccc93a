#include "core/codec/source.h"

#include "core/base/regular_file.h"
#include "core/codec/media_source.h"
#include "core/codec/picture_sequence.h"
#include "core/video/raw_file.h"
#include "core/video/y4m.h"

#include <array>
#include <regex>
#include <span>

namespace vitrine::codec
{
namespace
{

bool isRawName(const std::filesystem::path& path)
{
    for (const char* ending : {".yuv", ".raw", ".nv12", ".nv21", ".p010", ".i420", ".yv12"})
        if (path.extension() == ending)
            return true;
    return false;
}

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

Result<std::unique_ptr<video::FrameSource>> openSource(const std::filesystem::path& path,
                                                       const OpenOptions& options)
{
    if (isPictureSequence(path))
        return openPictures(path);
    const auto file = RegularFile::open(path);
    if (!file && isAddress(path))
        return inputError("cannot read {}: it is an address; only files are opened", path.string());
    if (!file)
        return tl::unexpected(file.error());
    if (options.raw)
        return video::openRaw(path, *options.raw);
    if (startsAsY4m(*file))
        return video::openY4m(path);
    if (isRawName(path)) {
        VITRINE_TRY(const auto layout, video::rawLayoutOf(path));
        return video::openRaw(path, layout);
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
