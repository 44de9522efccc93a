#pragma once

#include "core/base/json_fwd.h"
#include "core/codec/video_codec.h"

#include <filesystem>
#include <optional>
#include <string>

// Encodes kept between runs, named by content: the SHA-256 of the source frames, the options, and
// the library's version. They lie in $VITRINE_CACHE, else $XDG_CACHE_HOME/vitrine, else
// ~/.cache/vitrine, in the folder "encodes"; the oldest go when there is more than 2 GiB. Deleting
// the folder at any time is safe.
namespace vitrine::video_plugin
{

// One measured point: what the table of points needs, frame by frame.
struct PointFrame {
    std::int64_t bits = 0;
    char type = '?';
    double psnrY = 0, psnrU = 0, psnrV = 0, psnrYuv = 0, ssim = 0, msSsim = 0;
};
struct Point {
    std::string command, violation;
    std::int64_t payloadBytes = 0, fileBytes = 0;
    double encodeFps = 0, decodeFps = 0; // measured when it was encoded
    std::vector<PointFrame> frames;
    std::filesystem::path stream; // the coded file
    bool isFromCache = false;
};

Json toJson(const Point& point);
Result<Point> pointFromJson(const Json& json); // without `stream`

class EncodeCache
{
public:
    static EncodeCache standard();
    explicit EncodeCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

    static std::string keyOf(const std::string& sourceHash, const codec::EncodeOptions& options,
                             const codec::VideoCodec& codec);
    // A damaged entry counts as none; `ending` is that of the codec's streams.
    std::optional<Point> find(const std::string& key, const std::string& ending) const;
    // Copies the stream in. A cache that cannot be written is no error of the run: the reason comes
    // back.
    Result<void> keep(const std::string& key, const Point& point) const;
    const std::filesystem::path& folder() const { return folder_; }

private:
    void makeRoom() const;
    std::filesystem::path folder_;
};

} // namespace vitrine::video_plugin
