#include "core/codec/source.h"

#include "core/codec/media_source.h"
#include "core/codec/picture_sequence.h"
#include "core/video/raw_file.h"
#include "core/video/y4m.h"

#include <array>
#include <fstream>

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

bool startsAsY4m(const std::filesystem::path& path)
{
    std::array<char, 9> start{};
    std::ifstream(path, std::ios::binary).read(start.data(), start.size());
    return std::string_view(start.data(), start.size()) == "YUV4MPEG2";
}

} // namespace

Result<std::unique_ptr<video::FrameSource>> openSource(const std::filesystem::path& path,
                                                       const OpenOptions& options)
{
    if (isPictureSequence(path))
        return openPictures(path);
    std::error_code trouble;
    if (!std::filesystem::is_regular_file(path, trouble))
        return inputError("cannot read {}: there is no such file", path.string());
    if (options.raw)
        return video::openRaw(path, *options.raw);
    if (startsAsY4m(path))
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
