// What processes leave that are killed while they make or remove something.
#include "core/store/half_made.h"

#include "core/jobs/worker/folder_lock.h"
#include "core/jobs/worker/job_folder.h"
#include "core/store/finished_jobs.h"
#include "core/store/store.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_runs.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;

struct HalfMade : testing::Test {
    tests::TemporaryFolder folder;
    fs::path path = folder.path / "a.vitrine";
    Store store = Store::open(path).value();
    fs::path artifacts = path.string() + ".d/artifacts", jobs = path.string() + ".d/jobs";

    void collect()
    {
        EXPECT_TRUE(
            importFinished(store, [](const std::string& line) { ADD_FAILURE() << line; }).empty());
    }
    static void write(const fs::path& file)
    {
        fs::create_directories(file.parent_path());
        std::ofstream(file) << "x";
    }
};

TEST_F(HalfMade, IsCollectedAtOpening)
{
    write(artifacts / (tests::uidOf(1) + ".part"));
    fs::create_directory(jobs / tests::uidOf(1)); // killed before anything was in it
    fs::create_directories(jobs / tests::uidOf(2) /
                           "state"); // an earlier version, before the job was written
    write(jobs / tests::uidOf(3) / "job.json.AbCdEf");               // while it was written
    fs::create_directories(jobs / (tests::uidOf(4) + ".new/state")); // while a new one was made
    write(jobs / (tests::uidOf(5) + ".gone/job.json"));              // while an old one was removed

    collect();

    EXPECT_TRUE(fs::is_empty(artifacts));
    EXPECT_TRUE(fs::is_empty(jobs));
}

TEST_F(HalfMade, StaysWhileAnybodyIsAtWork)
{
    write(artifacts / (tests::uidOf(1) + ".part"));
    fs::create_directories(jobs / (tests::uidOf(4) + ".new/state"));
    {
        const auto staging = FolderLock::shared(artifacts), making = FolderLock::shared(jobs);
        ASSERT_TRUE(staging && making);
        collect();
        EXPECT_TRUE(fs::exists(artifacts / (tests::uidOf(1) + ".part")));
        EXPECT_TRUE(fs::exists(jobs / (tests::uidOf(4) + ".new")));
    }
    collect();
    EXPECT_TRUE(fs::is_empty(artifacts));
    EXPECT_TRUE(fs::is_empty(jobs));
}

TEST_F(HalfMade, WhatHoldsAStateOrSomethingElseStays)
{
    write(jobs / tests::uidOf(1) / "state/saved");
    write(jobs / "notes.txt");
    write(artifacts / "mine.part");

    removeHalfMade(path.string() + ".d");

    EXPECT_TRUE(fs::exists(jobs / tests::uidOf(1) / "state/saved"));
    EXPECT_TRUE(fs::exists(jobs / "notes.txt"));
    EXPECT_TRUE(fs::exists(artifacts / "mine.part"));
}

// Whenever it is killed: the job is there whole or not at all, and can be made again.
TEST_F(HalfMade, AJobAppearsWholeOrNotAtAll)
{
    Job job;
    job.uid = tests::uidOf(1);
    job.experiment = "test.echo";
    for (int microseconds = 0; microseconds < 3000; microseconds += 150) {
        const pid_t child = ::fork();
        if (child == 0) {
            (void)writeJob(jobs, job);
            std::_Exit(0);
        }
        ::usleep(static_cast<unsigned>(microseconds));
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);

        removeHalfMade(path.string() + ".d");
        if (fs::exists(jobs / job.uid)) {
            const auto read = readJob(jobs / job.uid);
            ASSERT_TRUE(read) << read.error().message;
            fs::remove_all(jobs / job.uid);
        }
        EXPECT_TRUE(fs::is_empty(jobs));
        const auto again = writeJob(jobs, job);
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_FALSE(writeJob(jobs, job)); // it is there
        fs::remove_all(*again);
    }
}

TEST_F(HalfMade, AJobTakesThePlaceOfOneThatWasNeverWhole)
{
    Job job;
    job.uid = tests::uidOf(1);
    job.experiment = "test.echo";
    fs::create_directories(jobs / job.uid / "state");

    EXPECT_TRUE(writeJob(jobs, job));

    for (const char* uid : {"", "../x", "ABC"}) {
        job.uid = uid;
        EXPECT_EQ(writeJob(jobs, job).has_value(), job.uid.empty()) << uid; // none: it gets one
    }
}

} // namespace
} // namespace vitrine
