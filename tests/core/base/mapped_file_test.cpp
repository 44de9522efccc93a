#include "core/base/mapped_file.h"

#include "core/base/file.h"
#include "core/base/lost_pages.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <thread>

namespace vitrine
{
namespace
{

using testing::HasSubstr;

struct Mapped : testing::Test {
    tests::TemporaryFolder folder;
    std::filesystem::path path = folder.path / "model.bin";

    // A file of ones, mapped and not yet touched.
    MappedFile ones(std::size_t bytes)
    {
        EXPECT_TRUE(writeFileAtomically(path, std::string(bytes, '\1')));
        return MappedFile::open(path).value();
    }
};

std::size_t sumOf(const MappedFile& file)
{
    return std::accumulate(
        file.bytes().begin(), file.bytes().end(), std::size_t{0},
        [](std::size_t sum, std::byte byte) { return sum + std::to_integer<std::size_t>(byte); });
}

std::string whatChanged(const MappedFile& file)
{
    const auto same = file.unchanged();
    return same ? "" : same.error().message;
}

TEST_F(Mapped, EmptyAndOrdinaryFiles)
{
    ASSERT_TRUE(writeFileAtomically(folder.path / "empty", ""));
    ASSERT_TRUE(writeFileAtomically(folder.path / "abc", "abc"));

    const auto empty = MappedFile::open(folder.path / "empty");
    auto abc = MappedFile::open(folder.path / "abc");
    ASSERT_TRUE(empty && abc);
    const auto before = abc->bytes();
    const MappedFile moved = std::move(*abc);

    EXPECT_TRUE(empty->bytes().empty());
    ASSERT_EQ(moved.bytes().size(), 3u);
    EXPECT_EQ(moved.bytes().data(), before.data());
    EXPECT_EQ(static_cast<char>(moved.bytes()[2]), 'c');
    EXPECT_TRUE(empty->unchanged() && moved.unchanged());
}

TEST_F(Mapped, RefusesWhatIsNoRegularFile)
{
    for (const std::filesystem::path& wrong :
         {folder.path / "absent", folder.path, std::filesystem::path("/dev/zero")})
        EXPECT_EQ(MappedFile::open(wrong).error().kind, ErrorKind::input) << wrong;
}

TEST_F(Mapped, AFileThatBecomesShorterIsNamed)
{
    const MappedFile file = ones(1 << 20);
    EXPECT_EQ(whatChanged(file), "");

    std::filesystem::resize_file(path, 8192);

    EXPECT_EQ(sumOf(file), 8192u) << "what is lost reads as zeros";
    EXPECT_THAT(whatChanged(file), HasSubstr("model.bin: it became shorter"));
    EXPECT_EQ(sumOf(file), 8192u) << "the second time, too";
}

// The last page stays, its end is zeros: no signal says so.
TEST_F(Mapped, AFileThatLosesAPartOfItsLastPageIsNamed)
{
    const MappedFile file = ones(10'000);

    std::filesystem::resize_file(path, 9000);

    EXPECT_EQ(sumOf(file), 9000u);
    EXPECT_THAT(whatChanged(file), HasSubstr("model.bin: it became shorter"));
}

TEST_F(Mapped, AFileThatIsWrittenToIsNamed)
{
    const MappedFile file = ones(10'000);

    std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() +
                                               std::chrono::seconds(5));

    EXPECT_THAT(whatChanged(file), HasSubstr("model.bin: it was written to"));
}

TEST_F(Mapped, AFileThatIsReplacedStaysAsItWas)
{
    const MappedFile file = ones(10'000);

    ASSERT_TRUE(writeFileAtomically(path, "new"));

    EXPECT_EQ(sumOf(file), 10'000u);
    EXPECT_EQ(whatChanged(file), "");
}

TEST_F(Mapped, ThreadsMeetLostPagesAtOnce)
{
    const MappedFile file = ones(4 << 20);
    std::filesystem::resize_file(path, 0);

    std::vector<std::size_t> sums(4, 1);
    {
        std::vector<std::jthread> threads;
        for (std::size_t& sum : sums)
            threads.emplace_back([&] { sum = sumOf(file); });
    }

    EXPECT_EQ(sums, std::vector<std::size_t>(4, 0));
}

using MappedDeath = Mapped;

TEST_F(MappedDeath, AllUnchangedRemembersWhatIsClosedAgain)
{
    GTEST_FLAG_SET(death_test_style, "threadsafe"); // in a process that has mapped nothing yet
    EXPECT_EXIT(
        {
            {
                const MappedFile first = ones(10'000);
                if (!MappedFile::allUnchanged())
                    std::_Exit(1);
                std::filesystem::resize_file(path, 1);
            }
            const auto same = MappedFile::allUnchanged();
            std::fputs(same ? "nothing" : same.error().message.c_str(), stderr);
            std::_Exit(0);
        },
        testing::ExitedWithCode(0), "model.bin: it became shorter");
}

TEST_F(MappedDeath, AWorkersLastWordsNameTheFile)
{
    EXPECT_EXIT(
        {
            endAtLostPages();
            useSignalStack();
            const MappedFile file = ones(1 << 20);
            std::filesystem::resize_file(path, 8192);
            std::_Exit(sumOf(file) == 0 ? 1 : 0);
        },
        testing::ExitedWithCode(3), "cannot go on: .*model.bin became shorter while it was read");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_F(MappedDeath, ABusErrorOfAnotherOriginEndsTheProcess)
{
    EXPECT_EXIT(
        {
            const MappedFile file = ones(10'000);
            std::raise(SIGBUS);
            std::_Exit(0);
        },
        testing::KilledBySignal(SIGBUS), "");
}
#endif

} // namespace
} // namespace vitrine
