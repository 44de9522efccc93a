#include "core/codec/compare/encode_cache.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "tests/support/run_length_codec.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

namespace vitrine::codec
{
namespace
{

namespace fs = std::filesystem;

class EncodeCacheTest : public testing::Test
{
protected:
    static std::string key(std::string_view name) { return sha256(std::as_bytes(std::span(name))); }
    Point pointOf(std::uint64_t bytes)
    {
        Point point;
        point.command = "-c:v x";
        point.payloadBytes = 7;
        point.fileBytes = static_cast<std::int64_t>(bytes);
        point.encodeFps = 1.0 / 3;
        point.decodeFps = 200;
        point.frames = {{56, 'I', 40, std::nan(""), std::nan(""), 41, 0.1 + 0.2, std::nan("")}};
        point.stream = folder_.path / "made.mkv";
        EXPECT_TRUE(writeFileAtomically(point.stream, ""));
        fs::resize_file(point.stream, bytes);
        return point;
    }
    // An entry of so many bytes that take no room on the disk, used hours ago.
    void putSparse(std::string_view name, std::uint64_t bytes, int hours)
    {
        const fs::path stream = kept_ / (key(name) + ".mkv"), text = kept_ / (key(name) + ".json");
        for (const auto& [path, size] :
             {std::pair(stream, bytes), std::pair(text, std::uint64_t{2})}) {
            ASSERT_TRUE(writeFileAtomically(path, "{}"));
            fs::resize_file(path, size);
            fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(hours));
        }
    }
    bool has(std::string_view name) const { return fs::exists(kept_ / (key(name) + ".json")); }

    const tests::TemporaryFolder folder_;
    const fs::path kept_ = folder_.path / "encodes";
    const EncodeCache cache_{kept_};
    const VideoCodec& codec_ = **ffmpegCodecs().find("x264");
};

TEST_F(EncodeCacheTest, GivesAPointBackToTheLastBit)
{
    const Point point = pointOf(100);
    ASSERT_TRUE(cache_.keep(key("a"), point));

    const auto found = cache_.find(key("a"), codec_);

    ASSERT_TRUE(found);
    EXPECT_TRUE(found->isFromCache);
    EXPECT_EQ(found->command, point.command);
    EXPECT_EQ(found->fileBytes, 100);
    EXPECT_EQ(found->encodeFps, point.encodeFps);
    ASSERT_EQ(found->frames.size(), 1u);
    EXPECT_EQ(found->frames[0].type, 'I');
    EXPECT_EQ(found->frames[0].ssim, 0.1 + 0.2);
    EXPECT_TRUE(std::isnan(found->frames[0].psnrU));
    EXPECT_FALSE(cache_.find(key("a"), tests::RunLengthCodec())) << "its streams end otherwise";
}

TEST_F(EncodeCacheTest, TakesADamagedEntryForNone)
{
    ASSERT_TRUE(cache_.keep(key("a"), pointOf(100)));
    const fs::path text = kept_ / (key("a") + ".json"), stream = kept_ / (key("a") + ".mkv");
    const std::string whole = readFile(text, 1 << 20).value();
    for (const std::string& damaged :
         {std::string(), std::string("{\"format\": 1"), std::string("[]"),
          whole.substr(0, whole.size() - 1), "{\"format\":2" + whole.substr(11)}) {
        ASSERT_TRUE(writeFileAtomically(text, damaged));
        EXPECT_FALSE(cache_.find(key("a"), codec_)) << damaged;
    }
    ASSERT_TRUE(writeFileAtomically(text, whole));
    EXPECT_TRUE(cache_.find(key("a"), codec_));
    fs::resize_file(stream, 99);
    EXPECT_FALSE(cache_.find(key("a"), codec_));
}

TEST_F(EncodeCacheTest, HoldsTwoGibibytesAndLetsTheOldestGo)
{
    constexpr std::uint64_t kGibibyte = 1ull << 30;
    fs::create_directories(kept_);
    putSparse("old", kGibibyte / 2, 3);
    putSparse("older", kGibibyte / 2, 4);
    putSparse("new", kGibibyte - 4096, 1);
    ASSERT_TRUE(cache_.keep(key("a"), pointOf(100)));
    EXPECT_TRUE(has("old") && has("older") && has("new") && has("a")) << "all that fits stays";

    ASSERT_TRUE(cache_.keep(key("b"), pointOf(8192)));

    EXPECT_FALSE(has("older"));
    EXPECT_FALSE(fs::exists(kept_ / (key("older") + ".mkv")));
    EXPECT_TRUE(has("old") && has("new") && has("a") && has("b"));
}

TEST_F(EncodeCacheTest, NamesEntriesBySourceOptionsAndVersion)
{
    const CodecList list = tests::withRunLengths();
    const auto keyOf = [&](const char* hash, const char* text) {
        const EncodeOptions options = parseEncodeList(text, list).value().front();
        return EncodeCache::keyOf(hash, options, **list.find(options.codec));
    };
    EXPECT_EQ(keyOf("s", "runs:quality=3"), keyOf("s", "runs:quality=3:gop=32"));
    EXPECT_NE(keyOf("s", "runs:quality=3"), keyOf("t", "runs:quality=3"));
    EXPECT_NE(keyOf("s", "runs:quality=3"), keyOf("s", "runs:quality=4"));
    // Encodes that earlier versions kept are found.
    const std::string text = "1\ns\nruns:quality=3:gop=32:protocol=ld\nof the tests, 1";
    EXPECT_EQ(keyOf("s", "runs:quality=3"), key(text));
}

} // namespace
} // namespace vitrine::codec
