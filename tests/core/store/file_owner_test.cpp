// Files that are not ours, or that cannot be written.
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/store/copy_workspace.h"
#include "core/store/finished_jobs.h"
#include "core/store/run_index.h"
#include "core/store/schema.h"
#include "core/store/store.h"
#include "tests/support/raw_database.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <map>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;
using testing::HasSubstr;

// Every file in a folder with its hash: what must not change.
std::map<std::string, std::string> contentsOf(const fs::path& folder)
{
    std::map<std::string, std::string> contents;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        contents[entry.path().lexically_relative(folder).string()] =
            entry.is_regular_file() ? sha256OfFile(entry.path()).value() : "";
    return contents;
}

struct FileOwnerTest : testing::Test {
    tests::TemporaryFolder folder;
    fs::path path = folder.path / "x.vitrine";

    // By every way there is of opening it, and without a trace.
    void expectRefused(const std::string& words) const
    {
        const auto before = contentsOf(folder.path);
        for (const Access access : {Access::readWrite, Access::readOnly}) {
            const auto opened = Store::open(path, access);
            ASSERT_FALSE(opened);
            EXPECT_EQ(opened.error().kind, ErrorKind::input);
            EXPECT_THAT(opened.error().message, HasSubstr(words));
            EXPECT_THAT(opened.error().message, HasSubstr(path.string()));
            EXPECT_THAT(opened.error().message, testing::Not(HasSubstr("\n")));
        }
        EXPECT_FALSE(RunIndex::open(path));
        EXPECT_FALSE(copyWorkspace(path, folder.path / "copy.vitrine"));
        EXPECT_EQ(contentsOf(folder.path), before);
    }

    void makeWorkspace() const
    {
        Store store = Store::open(path).value();
        for (int i = 1; i <= 3; ++i)
            ASSERT_TRUE(store.import(tests::sampleRun(i)));
    }
};

TEST_F(FileOwnerTest, ANewWorkspaceSaysWhoseItIs)
{
    makeWorkspace();

    const auto database = Database::peek(path).value();
    auto id = database.prepare("PRAGMA application_id");
    ASSERT_TRUE(id.step());
    EXPECT_EQ(id.integer(0), kApplicationId);
    EXPECT_EQ(ownerOf(path).value(), FileOwner::ours);
}

TEST_F(FileOwnerTest, ItSaysSoFromTheFirstByteOn)
{
    const Store store = Store::open(path).value(); // nothing has been moved out of the -wal yet
    EXPECT_EQ(ownerOf(path).value(), FileOwner::ours);
}

TEST_F(FileOwnerTest, AWorkspaceOfAnEarlierVersionIsAdopted)
{
    makeWorkspace();
    tests::tamper(
        path,
        "ALTER TABLE runs DROP COLUMN attempt; PRAGMA user_version=2; PRAGMA application_id=0");

    const auto store = Store::open(path);

    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(store->count({}).value(), 3);
    EXPECT_EQ(store->load(2)->attempt, 0);
    EXPECT_EQ(schemaVersion(store->database()).value(), 3);
}

TEST_F(FileOwnerTest, AnEarlierVersionThatWasKilledAtOnceIsKnown)
{
    // All of it is in the -wal still; the file itself says nothing.
    const auto early = folder.path / "early.vitrine";
    sqlite3* held = nullptr;
    ASSERT_EQ(::sqlite3_open(early.c_str(), &held), SQLITE_OK);
    ASSERT_EQ(
        ::sqlite3_exec(
            held,
            "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; BEGIN; PRAGMA user_version=1;"
            "CREATE TABLE runs (a); CREATE TABLE parameters (a); CREATE TABLE metrics (a);"
            "CREATE TABLE tables (a); CREATE TABLE artifacts (a); CREATE TABLE inputs (a);"
            "CREATE TABLE tags (a); CREATE TABLE words (a); CREATE TABLE word_texts (a); COMMIT",
            nullptr, nullptr, nullptr),
        SQLITE_OK);
    fs::create_directory(folder.path / "killed");
    const auto killed = folder.path / "killed/x.vitrine";
    fs::copy_file(early, killed);
    fs::copy_file(early.string() + "-wal", killed.string() + "-wal");
    ::sqlite3_close(held);
    const auto before = contentsOf(folder.path / "killed");

    EXPECT_EQ(ownerOf(killed).value(), FileOwner::ours);

    EXPECT_EQ(contentsOf(folder.path / "killed"), before);
}

TEST_F(FileOwnerTest, ADatabaseOfANewerSchemaIsRefusedUnaltered)
{
    makeWorkspace();
    tests::tamper(path, "PRAGMA user_version=99");
    expectRefused("newer Vitrine");
    tests::tamper(path, "PRAGMA journal_mode=DELETE");
    expectRefused("newer Vitrine");
}

TEST_F(FileOwnerTest, ADatabaseOfAnotherProgramIsRefusedUnaltered)
{
    tests::tamper(path, "CREATE TABLE bookmarks (id INTEGER PRIMARY KEY, url TEXT); INSERT INTO "
                        "bookmarks VALUES (1, 'x')");
    expectRefused("database of another program");
}

TEST_F(FileOwnerTest, SoIsOneThatHasOurNamesForOtherThings)
{
    makeWorkspace();
    tests::tamper(path,
                  "PRAGMA application_id=252006674; PRAGMA journal_mode=DELETE"); // says it is
                                                                                  // somebody else's
    expectRefused("database of another program");
}

TEST_F(FileOwnerTest, SoIsOneWithSomeOfOurTables)
{
    tests::tamper(path, "CREATE TABLE runs (number INTEGER PRIMARY KEY); CREATE TABLE tags (run, "
                        "tag); PRAGMA user_version=1");
    expectRefused("database of another program");
}

TEST_F(FileOwnerTest, SoIsOneInWalMode)
{
    tests::tamper(path, "PRAGMA journal_mode=WAL; CREATE TABLE bookmarks (url TEXT)");
    expectRefused("database of another program");
}

// A process was killed while it wrote a new file's first pages: its journal says that there was
// nothing before.
TEST_F(FileOwnerTest, ANewFileThatIsHalfWrittenIsNobodysAndBecomesAWorkspace)
{
    const pid_t child = ::fork();
    if (child == 0) {
        sqlite3* database = nullptr;
        ::sqlite3_open(path.c_str(), &database);
        ::sqlite3_exec(database,
                       "PRAGMA cache_size=1; BEGIN; CREATE TABLE runs (x);"
                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500)"
                       "INSERT INTO runs SELECT zeroblob(3000) FROM n",
                       nullptr, nullptr, nullptr);
        ::_exit(0); // nothing is closed
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_GT(fs::file_size(path), 100'000u);
    ASSERT_GT(fs::file_size(path.string() + "-journal"), 0u);

    const auto store = Store::open(path);
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(store->count({}).value(), 0);
    EXPECT_FALSE(fs::exists(path.string() + "-journal"));
}

TEST_F(FileOwnerTest, AFileThatIsNoDatabaseIsRefusedUnaltered)
{
    std::ofstream(path) << std::string(5000, 'x');
    expectRefused("no workspace");
    std::ofstream(path, std::ios::binary)
        << std::string("SQLite format 3\0", 16) << std::string(5000, 'x');
    expectRefused("no workspace");
    fs::remove(path);
    fs::create_directory(path);
    expectRefused("not a regular file");
}

TEST_F(FileOwnerTest, AnEmptyFileBecomesAWorkspace)
{
    std::ofstream(path).flush();
    ASSERT_TRUE(Store::open(path));
    EXPECT_EQ(ownerOf(path).value(), FileOwner::ours);
}

TEST_F(FileOwnerTest, ManyProcessesMakeOneWorkspaceAtOnce)
{
    std::vector<pid_t> children;
    for (int i = 0; i < 6; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            auto store = Store::open(path);
            if (!store)
                std::fprintf(stderr, "%s\n", store.error().message.c_str());
            std::_Exit(store && store->import(tests::sampleRun(i)) ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(Store::open(path)->count({}).value(), 6);
}

// As a workspace is for a moment after it was made: not in WAL mode yet.
TEST_F(FileOwnerTest, AnOpeningWaitsForTheOneThatWrites)
{
    ASSERT_TRUE(Store::open(path));
    tests::tamper(path, "PRAGMA journal_mode=DELETE");
    auto writer = Database::open(path);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->execute("BEGIN IMMEDIATE"));
    std::thread ends([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        EXPECT_TRUE(writer->execute("ROLLBACK"));
    });
    auto store = Store::open(path);
    EXPECT_TRUE(store) << store.error().message;
    ends.join();
}

TEST_F(FileOwnerTest, AHalfWrittenWorkspaceIsLookedAtAgainWhileItsJournalIsThere)
{
    ASSERT_TRUE(Store::open(path));
    tests::tamper(path, "PRAGMA journal_mode=DELETE");
    const auto whole = readFile(path, 1 << 24).value();
    const fs::path journal = path.string() + "-journal";
    std::ofstream(journal) << "x";
    fs::resize_file(path, 4096);
    std::thread ends([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        std::fstream(path, std::ios::binary | std::ios::in | std::ios::out) << whole;
        fs::remove(journal);
    });
    const auto owner = ownerOf(path);
    ends.join();
    ASSERT_TRUE(owner) << owner.error().message;
    EXPECT_EQ(*owner, FileOwner::ours);
    fs::resize_file(path, 4096);
    EXPECT_FALSE(ownerOf(path)); // nobody writes: it is refused at once
}

struct ReadOnlyWorkspace : FileOwnerTest {
    // Reads everything, is refused everything that writes; nothing changes.
    void expectReadable(const Access access) const
    {
        auto store = Store::open(path, access);
        ASSERT_TRUE(store) << store.error().message;
        EXPECT_EQ(store->find({})->size(), 3u);
        EXPECT_EQ(store->load(2)->result.tables, tests::sampleRun(2).result.tables);
        EXPECT_TRUE(store->verify(2));
        EXPECT_EQ(store->vocabulary().experiments.size(), 1u);
        for (const auto& refused :
             {store->checkWritable(), store->setNote(1, "x"), store->setTags(1, {"x"}),
              store->remove(1), store->import(tests::sampleRun(9)).map([](auto) {})}) {
            ASSERT_FALSE(refused);
            EXPECT_EQ(refused.error().kind, ErrorKind::input);
            EXPECT_THAT(refused.error().message, HasSubstr("can only be read"));
        }
        EXPECT_TRUE(
            importFinished(*store, [](const std::string& line) { ADD_FAILURE() << line; }).empty());
    }
};

TEST_F(ReadOnlyWorkspace, IsReadAndNotAltered)
{
    makeWorkspace();
    const auto before = contentsOf(folder.path);
    expectReadable(Access::readOnly);
    EXPECT_EQ(contentsOf(folder.path), before);
}

TEST_F(ReadOnlyWorkspace, OfTheVersionBeforeIsReadToo)
{
    makeWorkspace();
    tests::tamper(
        path,
        "ALTER TABLE runs DROP COLUMN attempt; PRAGMA user_version=2; PRAGMA application_id=0;");
    const auto before = contentsOf(folder.path);
    expectReadable(Access::readOnly);
    EXPECT_EQ(contentsOf(folder.path), before);
}

TEST_F(ReadOnlyWorkspace, SeesWhatAWriterHasOpen)
{
    Store writer = Store::open(path).value();
    for (int i = 1; i <= 3; ++i)
        ASSERT_TRUE(writer.import(tests::sampleRun(i))); // still in the -wal
    expectReadable(Access::readOnly);
}

// As a user whom the rights of files bind, which they do not for root.
TEST_F(ReadOnlyWorkspace, AFileOrFolderWithoutTheRightToWriteIsReadOnly)
{
    makeWorkspace();
    const auto before = contentsOf(folder.path);
    for (const bool folderToo : {false, true}) {
        fs::permissions(path, fs::perms(0444));
        fs::permissions(folder.path, folderToo ? fs::perms(0555) : fs::perms(0777));
        const pid_t child = ::fork();
        if (child == 0) {
            if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0)
                std::_Exit(1);
            expectReadable(Access::readWrite);
            const auto index = RunIndex::open(path);
            std::_Exit(index && !HasFailure() ? 0 : 2);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_EQ(status, 0) << folderToo;
        fs::permissions(folder.path, fs::perms(0755));
        EXPECT_EQ(contentsOf(folder.path), before) << folderToo;
    }
}

TEST_F(ReadOnlyWorkspace, ThatIsNotThereIsNotMade)
{
    EXPECT_FALSE(Store::open(path, Access::readOnly));
    EXPECT_TRUE(fs::is_empty(folder.path));
}

} // namespace
} // namespace vitrine
