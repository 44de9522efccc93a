#pragma once

#include "core/base/cache.h"
#include "core/codec/compare/point.h"

// Encodes kept between runs, named by content: the SHA-256 of the source frames, the options, and
// the codec's version.
namespace vitrine::codec
{

class EncodeCache
{
public:
    static constexpr std::uint64_t kMostBytes = 2ull << 30;

    static EncodeCache standard(); // the folder "encodes", see Cache::standardFolder
    explicit EncodeCache(std::filesystem::path folder) : cache_(std::move(folder), kMostBytes) {}

    static std::string keyOf(const std::string& sourceHash, const EncodeOptions& options,
                             const VideoCodec& codec);
    // A damaged entry counts as none.
    std::optional<Point> find(const std::string& key, const VideoCodec& codec) const;
    // Copies the stream in; see Cache::keep.
    Result<void> keep(const std::string& key, const Point& point) const;

private:
    Cache cache_;
};

} // namespace vitrine::codec
