#include "core/base/file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <unistd.h>

namespace vitrine {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
protected:
    FileTest() : folder_(fs::temp_directory_path() / fmt::format("vitrine-file-{}", ::getpid()))
    {
        fs::create_directories(folder_);
    }
    ~FileTest() override { fs::remove_all(folder_); }

    fs::path folder_;
};

TEST_F(FileTest, WritesAndReadsBack)
{
    const auto path = folder_ / "note.txt";

    ASSERT_TRUE(writeFileAtomically(path, "one"));
    ASSERT_TRUE(writeFileAtomically(path, "two"));

    EXPECT_EQ(readFile(path, 100), "two");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1) << "no temporary file is left";
}

TEST_F(FileTest, RefusesLargerThanTheLimitFoldersAndMissingFiles)
{
    const auto path = folder_ / "note.txt";
    ASSERT_TRUE(writeFileAtomically(path, "12345"));

    EXPECT_TRUE(readFile(path, 5));
    EXPECT_EQ(readFile(path, 4).error().kind, ErrorKind::input);
    EXPECT_EQ(readFile(folder_, 100).error().kind, ErrorKind::input);
    EXPECT_EQ(MappedFile::open(folder_ / "absent").error().kind, ErrorKind::input);
    EXPECT_EQ(readFile("/dev/zero", 100).error().kind, ErrorKind::input) << "a device has no size";
}

TEST_F(FileTest, MapsEmptyAndOrdinaryFiles)
{
    ASSERT_TRUE(writeFileAtomically(folder_ / "empty", ""));
    ASSERT_TRUE(writeFileAtomically(folder_ / "abc", "abc"));

    const auto empty = MappedFile::open(folder_ / "empty");
    auto abc = MappedFile::open(folder_ / "abc");
    ASSERT_TRUE(empty && abc);
    const MappedFile moved = std::move(*abc);

    EXPECT_TRUE(empty->bytes().empty());
    ASSERT_EQ(moved.bytes().size(), 3u);
    EXPECT_EQ(static_cast<char>(moved.bytes()[2]), 'c');
}

} // namespace
} // namespace vitrine
