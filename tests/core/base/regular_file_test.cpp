#include "core/base/regular_file.h"

#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sys/stat.h>

namespace vitrine
{
namespace
{

using testing::HasSubstr;

TEST(RegularFile, ReadsAnywhereAndKeepsTheFileThatWasOpened)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "a";
    std::ofstream(path) << "0123456789";
    const auto file = RegularFile::open(path).value();
    std::filesystem::remove(path);
    std::ofstream(path) << "another";

    std::array<std::byte, 4> bytes{};
    EXPECT_EQ(file.size(), 10u);
    EXPECT_EQ(file.readAt(3, bytes), 4);
    EXPECT_EQ(bytes[0], std::byte{'3'});
    EXPECT_EQ(file.readAt(8, bytes), 2);
    EXPECT_EQ(file.readAt(99, bytes), 0);
}

TEST(RegularFile, PipesDevicesAndFoldersAreRefusedAtOnce)
{
    const tests::TemporaryFolder folder;
    ASSERT_EQ(::mkfifo((folder.path / "pipe").c_str(), 0600), 0);

    for (const std::filesystem::path& path :
         {folder.path / "pipe", folder.path, std::filesystem::path("/dev/zero")}) {
        const auto file = RegularFile::open(path);
        ASSERT_FALSE(file) << path;
        EXPECT_EQ(file.error().message,
                  "cannot read " + path.string() + ": it is not a regular file");
    }
    EXPECT_THAT(RegularFile::open(folder.path / "gone").error().message, HasSubstr("No such file"));
}

} // namespace
} // namespace vitrine
