#include "core/codec/compare/encode_cache.h"

#include "core/base/hash.h"
#include "core/base/json.h"

#include <cmath>

namespace vitrine::codec
{
namespace
{

constexpr int kEntryFormat = 1; // another one is read as none

Json toJson(const Point& point)
{
    Json frames = Json::array();
    for (const PointFrame& f : point.frames)
        frames.push_back({f.bits, std::string(1, f.type), f.psnrY, f.psnrU, f.psnrV, f.psnrYuv,
                          f.ssim, f.msSsim});
    return {{"format", kEntryFormat},        {"command", point.command},
            {"violation", point.violation},  {"payload_bytes", point.payloadBytes},
            {"file_bytes", point.fileBytes}, {"encode_fps", point.encodeFps},
            {"decode_fps", point.decodeFps}, {"frames", frames}};
}

double numberOrNan(const Json& json)
{
    return json.is_number() ? json.get<double>() : std::nan("");
}

std::optional<Point> pointFromJson(const Json& json)
{
    const auto has = [&](const char* key, auto is) {
        return json.is_object() && json.contains(key) && (json[key].*is)();
    };
    if (!has("format", &Json::is_number_integer) || json["format"] != kEntryFormat ||
        !has("command", &Json::is_string) || !has("violation", &Json::is_string) ||
        !has("payload_bytes", &Json::is_number_integer) ||
        !has("file_bytes", &Json::is_number_integer) || !has("encode_fps", &Json::is_number) ||
        !has("decode_fps", &Json::is_number) || !has("frames", &Json::is_array))
        return std::nullopt;
    Point point;
    point.command = json["command"].get<std::string>();
    point.violation = json["violation"].get<std::string>();
    point.payloadBytes = json["payload_bytes"].get<std::int64_t>();
    point.fileBytes = json["file_bytes"].get<std::int64_t>();
    point.encodeFps = json["encode_fps"].get<double>();
    point.decodeFps = json["decode_fps"].get<double>();
    for (const Json& f : json["frames"]) {
        if (!f.is_array() || f.size() != 8 || !f[0].is_number_integer() || !f[1].is_string())
            return std::nullopt;
        const auto type = f[1].get<std::string>();
        point.frames.push_back({f[0].get<std::int64_t>(), type.empty() ? '?' : type[0],
                                numberOrNan(f[2]), numberOrNan(f[3]), numberOrNan(f[4]),
                                numberOrNan(f[5]), numberOrNan(f[6]), numberOrNan(f[7])});
    }
    return point;
}

} // namespace

EncodeCache EncodeCache::standard()
{
    return EncodeCache(Cache::standardFolder("encodes"));
}

std::string EncodeCache::keyOf(const std::string& sourceHash, const EncodeOptions& options,
                               const VideoCodec& codec)
{
    const std::string text =
        fmt::format("{}\n{}\n{}\n{}", kEntryFormat, sourceHash, toText(options), codec.version());
    return sha256(std::as_bytes(std::span(text)));
}

std::optional<Point> EncodeCache::find(const std::string& key, const VideoCodec& codec) const
{
    const auto entry = cache_.find(key, codec.info().ending);
    const auto json = entry ? parseJson(entry->text, key) : Result<Json>(Json());
    auto point = json ? pointFromJson(*json) : std::nullopt;
    std::error_code error;
    if (!point || std::filesystem::file_size(entry->file, error) !=
                      static_cast<std::uintmax_t>(point->fileBytes))
        return std::nullopt;
    point->stream = entry->file;
    point->isFromCache = true;
    return point;
}

Result<void> EncodeCache::keep(const std::string& key, const Point& point) const
{
    return cache_.keep(key, dumpJson(toJson(point)), point.stream);
}

} // namespace vitrine::codec
