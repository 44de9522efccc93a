#include "core/base/cache.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;
using testing::HasSubstr;

class CacheTest : public testing::Test
{
protected:
    static std::string keyOf(std::string_view name)
    {
        return sha256(std::as_bytes(std::span(name)));
    }
    // A text of 10 bytes beside a file of 90.
    void keep(const Cache& cache, std::string_view name)
    {
        const fs::path file = folder_.path / "made.mkv";
        ASSERT_TRUE(writeFileAtomically(file, std::string(90, name.front())));
        ASSERT_TRUE(cache.keep(keyOf(name), std::string(10, 't'), file));
    }
    static bool has(const Cache& cache, std::string_view name)
    {
        return fs::exists(cache.folder() / (keyOf(name) + ".json")) &&
               fs::exists(cache.folder() / (keyOf(name) + ".mkv"));
    }
    // As if it had been used so many hours ago.
    static void age(const Cache& cache, std::string_view name, int hours)
    {
        for (const char* ending : {".json", ".mkv"})
            fs::last_write_time(cache.folder() / (keyOf(name) + ending),
                                fs::file_time_type::clock::now() - std::chrono::hours(hours));
    }

    const tests::TemporaryFolder folder_;
    const fs::path kept_ = folder_.path / "kept";
};

TEST_F(CacheTest, GivesBackWhatWasKeptAndNothingElse)
{
    const Cache cache(kept_, 1000);
    EXPECT_FALSE(cache.find(keyOf("a"), ".mkv")) << "there is not even a folder";
    keep(cache, "a");

    const auto entry = cache.find(keyOf("a"), ".mkv");

    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->text, "tttttttttt");
    EXPECT_EQ(readFile(entry->file, 100).value(), std::string(90, 'a'));
    EXPECT_FALSE(cache.find(keyOf("b"), ".mkv"));
    EXPECT_FALSE(cache.find(keyOf("a"), ".other"));
    fs::remove(entry->file);
    EXPECT_FALSE(cache.find(keyOf("a"), ".mkv")) << "half an entry is none";
}

TEST_F(CacheTest, LetsThoseGoThatWereNotUsedForLongest)
{
    const Cache cache(kept_, 300);
    keep(cache, "a");
    keep(cache, "b");
    keep(cache, "c");
    EXPECT_TRUE(has(cache, "a") && has(cache, "b") && has(cache, "c")) << "300 bytes are allowed";
    age(cache, "a", 3);
    age(cache, "b", 2);
    age(cache, "c", 1);
    ASSERT_TRUE(cache.find(keyOf("a"), ".mkv")); // a use

    keep(cache, "d");

    EXPECT_TRUE(has(cache, "a"));
    EXPECT_FALSE(has(cache, "b"));
    EXPECT_TRUE(has(cache, "c") && has(cache, "d"));
    EXPECT_EQ(std::distance(fs::directory_iterator(kept_), fs::directory_iterator()), 6);
}

// What a killed process left of an entry is counted and goes like the rest; files of others stay.
TEST_F(CacheTest, CountsHalvesOfEntriesAndLeavesForeignFilesAlone)
{
    const Cache cache(kept_, 300);
    keep(cache, "a");
    fs::remove(kept_ / (keyOf("a") + ".json"));
    const fs::path left = kept_ / (keyOf("b") + "." + newUid());
    fs::rename(kept_ / (keyOf("a") + ".mkv"), left);
    fs::last_write_time(left, fs::file_time_type::clock::now() - std::chrono::hours(1));
    ASSERT_TRUE(writeFileAtomically(kept_ / "letter.json", std::string(5000, 'x')));
    keep(cache, "c");
    keep(cache, "d");
    EXPECT_TRUE(fs::exists(left));

    keep(cache, "e");

    EXPECT_FALSE(fs::exists(left));
    EXPECT_TRUE(has(cache, "c") && has(cache, "d") && has(cache, "e"));
    EXPECT_TRUE(fs::exists(kept_ / "letter.json"));
}

TEST_F(CacheTest, KeepsNothingThatIsLargerThanAllItMayHold)
{
    const Cache cache(kept_, 50);
    keep(cache, "a");
    EXPECT_TRUE(fs::is_empty(kept_));
}

TEST_F(CacheTest, SaysWhyItCannotBeWritten)
{
    const Cache cache(folder_.path / "file", 1000);
    ASSERT_TRUE(writeFileAtomically(folder_.path / "file", "no folder"));
    const auto kept = cache.keep(keyOf("a"), "text", folder_.path / "file");
    ASSERT_FALSE(kept);
    EXPECT_THAT(kept.error().message, HasSubstr("cannot write to the cache"));
}

TEST_F(CacheTest, LiesWhereTheEnvironmentSays)
{
    const char* before = std::getenv("VITRINE_CACHE");
    const std::string kept = before ? before : "";
    ::setenv("VITRINE_CACHE", "/there", 1);
    EXPECT_EQ(Cache::standardFolder("encodes"), "/there/encodes");
    ::unsetenv("VITRINE_CACHE");
    EXPECT_THAT(Cache::standardFolder("encodes").string(), testing::EndsWith("vitrine/encodes"));
    if (before)
        ::setenv("VITRINE_CACHE", kept.c_str(), 1);
}

} // namespace
} // namespace vitrine
