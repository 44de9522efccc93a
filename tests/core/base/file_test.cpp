#include "core/base/file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <unistd.h>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;

class FileTest : public testing::Test
{
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
    EXPECT_EQ(readFile("/dev/zero", 100).error().kind, ErrorKind::input) << "a device has no size";
}

TEST_F(FileTest, ReadsLargeFilesInPieces)
{
    const auto path = folder_ / "large";
    std::string written((std::size_t{1} << 20) + 7, 'a');
    written.back() = 'z';
    ASSERT_TRUE(writeFileAtomically(path, written));

    std::string read;
    int pieces = 0;
    const auto done = readInPieces(path, [&](std::span<const std::byte> piece) -> Result<void> {
        read.append(reinterpret_cast<const char*>(piece.data()), piece.size());
        ++pieces;
        return {};
    });

    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(read, written);
    EXPECT_EQ(pieces, 2);
}

TEST_F(FileTest, AFileThatBecomesShorterWhileItIsReadIsAnError)
{
    const auto path = folder_ / "large";
    ASSERT_TRUE(writeFileAtomically(path, std::string(std::size_t{3} << 20, 'a')));

    const auto done = readInPieces(path, [&](std::span<const std::byte>) -> Result<void> {
        fs::resize_file(path, std::size_t{1} << 20);
        return {};
    });

    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::input);
    EXPECT_NE(done.error().message.find("large: it became shorter"), std::string::npos);
}

} // namespace
} // namespace vitrine
