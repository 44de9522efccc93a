#include "plugins/video/experiments/cache.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace vitrine::video_plugin
{
namespace
{

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostBytes = 2ull << 30;
constexpr int kFormat = 1; // of the entries; another one is read as none

fs::path standardFolder()
{
    const auto given = [](const char* name) {
        const char* value = std::getenv(name);
        return value && *value ? fs::path(value) : fs::path();
    };
    if (const fs::path own = given("VITRINE_CACHE"); !own.empty())
        return own / "encodes";
    if (const fs::path cache = given("XDG_CACHE_HOME"); !cache.empty())
        return cache / "vitrine/encodes";
    const fs::path home = given("HOME");
    return (home.empty() ? fs::temp_directory_path() : home / ".cache") / "vitrine/encodes";
}

double numberOrNan(const Json& json)
{
    return json.is_number() ? json.get<double>() : std::nan("");
}

} // namespace

Json toJson(const Point& point)
{
    Json frames = Json::array();
    for (const PointFrame& f : point.frames)
        frames.push_back({f.bits, std::string(1, f.type), f.psnrY, f.psnrU, f.psnrV, f.psnrYuv,
                          f.ssim, f.msSsim});
    return {{"format", kFormat},
            {"command", point.command},
            {"violation", point.violation},
            {"payload_bytes", point.payloadBytes},
            {"file_bytes", point.fileBytes},
            {"encode_fps", point.encodeFps},
            {"decode_fps", point.decodeFps},
            {"frames", frames}};
}

Result<Point> pointFromJson(const Json& json)
{
    const auto damaged = [] { return inputError("the cached point is damaged"); };
    const auto has = [&](const char* key, auto is) {
        return json.is_object() && json.contains(key) && (json[key].*is)();
    };
    if (!has("format", &Json::is_number_integer) || json["format"] != kFormat ||
        !has("command", &Json::is_string) || !has("violation", &Json::is_string) ||
        !has("payload_bytes", &Json::is_number_integer) ||
        !has("file_bytes", &Json::is_number_integer) || !has("encode_fps", &Json::is_number) ||
        !has("decode_fps", &Json::is_number) || !has("frames", &Json::is_array))
        return damaged();
    Point point;
    point.command = json["command"].get<std::string>();
    point.violation = json["violation"].get<std::string>();
    point.payloadBytes = json["payload_bytes"].get<std::int64_t>();
    point.fileBytes = json["file_bytes"].get<std::int64_t>();
    point.encodeFps = json["encode_fps"].get<double>();
    point.decodeFps = json["decode_fps"].get<double>();
    for (const Json& f : json["frames"]) {
        if (!f.is_array() || f.size() != 8 || !f[0].is_number_integer() || !f[1].is_string())
            return damaged();
        const auto type = f[1].get<std::string>();
        point.frames.push_back({f[0].get<std::int64_t>(), type.empty() ? '?' : type[0],
                                numberOrNan(f[2]), numberOrNan(f[3]), numberOrNan(f[4]),
                                numberOrNan(f[5]), numberOrNan(f[6]), numberOrNan(f[7])});
    }
    return point;
}

EncodeCache EncodeCache::standard()
{
    return EncodeCache(standardFolder());
}

std::string EncodeCache::keyOf(const std::string& sourceHash, const codec::EncodeOptions& options,
                               const codec::VideoCodec& codec)
{
    const std::string text =
        fmt::format("{}\n{}\n{}\n{}", kFormat, sourceHash, toText(options), codec.version());
    return sha256(std::as_bytes(std::span(text)));
}

std::optional<Point> EncodeCache::find(const std::string& key, const std::string& ending) const
{
    const auto text = readFile(folder_ / (key + ".json"), 256ull << 20);
    if (!text)
        return std::nullopt;
    const auto json = parseJson(*text, key);
    auto point = json ? pointFromJson(*json) : Result<Point>(inputError("damaged"));
    std::error_code trouble;
    const fs::path stream = folder_ / (key + ending);
    const auto size = fs::file_size(stream, trouble);
    if (!point || trouble || size != static_cast<std::uintmax_t>(point->fileBytes))
        return std::nullopt;
    fs::last_write_time(
        folder_ / (key + ".json"), fs::file_time_type::clock::now(),
        trouble); // used lately: makeRoom drops others first; a wrong clock costs an encode
    point->stream = stream;
    point->isFromCache = true;
    return *std::move(point);
}

Result<void> EncodeCache::keep(const std::string& key, const Point& point) const
{
    std::error_code trouble;
    fs::create_directories(folder_, trouble);
    const fs::path stream = folder_ / (key + point.stream.extension().string()),
                   temporary = folder_ / (key + "." + newUid());
    if (!trouble)
        fs::copy_file(point.stream, temporary, fs::copy_options::overwrite_existing, trouble);
    if (!trouble)
        fs::rename(temporary, stream, trouble);
    if (trouble)
        return failure("cannot write to the cache {}: {}", folder_.string(), trouble.message());
    VITRINE_CHECK(writeFileAtomically(folder_ / (key + ".json"),
                                      dumpJson(toJson(point)))); // last: it makes the entry whole
    makeRoom();
    return {};
}

void EncodeCache::makeRoom() const
{
    struct Entry {
        fs::path json;
        fs::file_time_type used;
        std::uintmax_t bytes;
    };
    std::vector<Entry> entries;
    std::uintmax_t total = 0;
    std::error_code trouble;
    for (const auto& file : fs::directory_iterator(folder_, trouble)) {
        if (file.path().extension() != ".json")
            continue;
        fs::path stream = file.path();
        stream.replace_extension(".mkv");
        std::error_code each;
        std::uintmax_t bytes = file.file_size(each);
        if (const auto size = fs::file_size(stream, each); !each)
            bytes += size;
        entries.push_back({file.path(), file.last_write_time(each), bytes});
        total += bytes;
    }
    std::ranges::sort(entries, {}, &Entry::used);
    for (const Entry& entry : entries) {
        if (total <= kMostBytes)
            return;
        fs::path stream = entry.json;
        fs::remove(entry.json, trouble);
        fs::remove(stream.replace_extension(".mkv"), trouble);
        total -= entry.bytes;
    }
}

} // namespace vitrine::video_plugin
