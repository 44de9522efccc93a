// Several processes at one workspace, and processes that are killed.
#include "core/store/finished_jobs.h"
#include "core/store/store.h"

#include "core/jobs/worker/job_folder.h"
#include "core/jobs/worker/process.h"
#include "core/jobs/worker/worker.h"
#include "core/jobs/worker/worker_pool.h"
#include "tests/support/rounds.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_experiments.h"
#include "tests/support/test_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <span>
#include <sys/wait.h>
#include <unistd.h>

// Structs are filled here by the few fields that a test is about.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace vitrine
{
namespace
{

using namespace std::chrono_literals;
using testing::HasSubstr;
using tests::sampleRun;

[[maybe_unused]] const bool kMain = tests::workIfAsked();

const std::filesystem::path kProgram = std::filesystem::read_symlink("/proc/self/exe");

pid_t inChild(const std::function<void()>& work)
{
    const pid_t pid = ::fork();
    if (pid == 0) {
        work();
        std::_Exit(0);
    }
    return pid;
}

int exitOf(pid_t pid)
{
    int status = 0;
    ::waitpid(pid, &status, 0);
    return status;
}

void complainAboutNothing(const std::string& problem)
{
    ADD_FAILURE() << problem;
}

struct Workspace : testing::Test {
    tests::TemporaryFolder folder;
    std::filesystem::path path = folder.path / "home.vitrine";

    // Leaves a finished (or dead) job behind, as a killed parent does.
    std::string leaveJob(const std::string& experiment,
                         const std::map<std::string, std::string>& given = {})
    {
        const auto jobs = Store::open(path).value().jobsFolder();
        Job job;
        job.experiment = experiment;
        job.given = given;
        const auto place = writeJob(jobs, job).value();
        auto worker = Worker::start(kProgram, place).value();
        while (worker->poll([](const WorkerEvent&) {}))
            std::this_thread::sleep_for(2ms);
        return worker->job().uid;
    }
};

TEST_F(Workspace, WhatWorkersHaveLeftIsImportedOnceByManyProcesses)
{
    std::set<std::string> uids;
    for (int i = 0; i < 4; ++i)
        uids.insert(
            leaveJob("test.echo", {{"text", std::string(static_cast<std::size_t>(i + 1), 'x')}}));
    uids.insert(leaveJob("test.crash"));

    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i)
        children.push_back(inChild([this] {
            auto store = Store::open(path);
            bool good = store.has_value();
            if (good)
                importFinished(*store, [&](const std::string& problem) {
                    std::fprintf(stderr, "%s\n", problem.c_str());
                    good = false;
                });
            std::_Exit(good ? 0 : 1);
        }));
    for (const pid_t child : children)
        EXPECT_EQ(exitOf(child), 0);

    auto store = Store::open(path).value();
    EXPECT_EQ(store.count({}).value(), 5);
    EXPECT_EQ(store.count({.state = RunState::done}).value(), 4);
    EXPECT_EQ(store.count({.state = RunState::failed}).value(), 1);
    for (const auto& uid : uids) {
        const auto run = store.loadUid(uid);
        ASSERT_TRUE(run.has_value());
        EXPECT_TRUE(store.verify(run->number).has_value());
    }
    EXPECT_TRUE(std::filesystem::is_empty(store.jobsFolder()));
    for (const auto& file :
         std::filesystem::directory_iterator(folder.path / "home.vitrine.d/artifacts"))
        EXPECT_NE(file.path().extension(), ".part");
    EXPECT_TRUE(importFinished(store, complainAboutNothing).empty());
}

TEST_F(Workspace, ARunningWorkerIsLeftAlone)
{
    auto store = Store::open(path).value();
    Job job;
    job.experiment = "test.slow";
    job.given = {{"steps", "50"}};
    const auto place = writeJob(store.jobsFolder(), job).value();
    auto worker = Worker::start(kProgram, place).value();

    EXPECT_TRUE(importFinished(store, complainAboutNothing).empty());
    while (worker->poll([](const WorkerEvent&) {}))
        std::this_thread::sleep_for(2ms);
    const auto numbers = importFinished(store, complainAboutNothing);

    ASSERT_EQ(numbers.size(), 1u);
    EXPECT_EQ(store.load(numbers[0])->state, RunState::done);
}

// An earlier attempt that comes in when the next has begun must not take its place, nor the other
// way round.
TEST_F(Workspace, AttemptsAreCountedWhereTheyAreStarted)
{
    auto store = Store::open(path).value();
    Job job;
    job.experiment = "test.echo";
    job.attempts = 4; // made before, in folders that are gone
    const auto place = writeJob(store.jobsFolder(), job).value();
    EXPECT_EQ(JobFolder{place}.attempt(), 4);
    auto worker = Worker::start(kProgram, place).value();
    while (worker->poll([](const WorkerEvent&) {}))
        std::this_thread::sleep_for(2ms);
    EXPECT_EQ(worker->collect().attempt, 5);
    EXPECT_EQ(store.load(store.import(worker->collect()).value())->attempt, 5);
}

TEST_F(Workspace, AJobThatNobodyStartedIsAFailedRun)
{
    auto store = Store::open(path).value();
    const pid_t maker = inChild([&] {
        Job job;
        job.experiment = "test.echo";
        (void)writeJob(store.jobsFolder(), job);
    });
    EXPECT_EQ(exitOf(maker), 0);

    const auto numbers = importFinished(store, complainAboutNothing);

    ASSERT_EQ(numbers.size(), 1u);
    EXPECT_EQ(store.load(numbers[0])->state, RunState::failed);
    EXPECT_THAT(store.load(numbers[0])->error, HasSubstr("no worker was started"));
}

TEST_F(Workspace, AJobThatIsBeingStartedIsLeftAlone)
{
    auto store = Store::open(path).value();
    Job job;
    job.experiment = "test.echo";
    const auto place = writeJob(store.jobsFolder(), job).value(); // by this process, which lives
    std::filesystem::last_write_time(place / "job.json",
                                     std::filesystem::file_time_type{}); // age says nothing

    EXPECT_TRUE(importFinished(store, complainAboutNothing).empty());
    EXPECT_TRUE(std::filesystem::exists(place));
}

TEST_F(Workspace, AWorkerThatDiedUnseenWithASavedStateIsInterrupted)
{
    auto store = Store::open(path).value();
    Job job;
    job.experiment = "test.slow";
    const auto place = writeJob(store.jobsFolder(), job).value();
    JobFolder{place}.started();
    std::ofstream(JobFolder{place}.savedState()) << "30";
    auto process = processName(::getpid()).value();
    process.startTicks += 1; // somebody else's number by now
    ASSERT_TRUE(writePidFile(JobFolder{place}.pid(), process).has_value());

    const auto numbers = importFinished(store, complainAboutNothing);

    ASSERT_EQ(numbers.size(), 1u);
    EXPECT_EQ(store.load(numbers[0])->state, RunState::interrupted);
    EXPECT_TRUE(JobFolder{place}.canGoOn());
    EXPECT_TRUE(importFinished(store, complainAboutNothing).empty()); // known already
}

// What `vitrine sweep` does with its points.
void sweepPoints(const std::filesystem::path& path, int points)
{
    auto store = Store::open(path);
    if (!store) {
        std::fprintf(stderr, "%s\n", store.error().message.c_str());
        std::_Exit(1);
    }
    importFinished(*store, [](const std::string&) {});
    int at = 0;
    const auto next = [&]() -> std::optional<std::filesystem::path> {
        while (at < points) {
            Job job;
            job.uid = tests::uidOf(++at);
            job.experiment = "test.echo";
            if (const auto stored = store->loadUid(job.uid);
                stored && stored->state == RunState::done)
                continue;
            const auto left = store->jobFolder(job.uid).value();
            if (std::filesystem::exists(left / "job.json"))
                return left;
            job.attempts = store->attempts(job.uid).value();
            return writeJob(store->jobsFolder(), job).value();
        }
        return std::nullopt;
    };
    const auto done = runPool(kProgram, 2,
                              {.next = next,
                               .ended = [&](const RunRecord& run) { (void)store->import(run); },
                               .stop = [] { return false; }});
    if (!done)
        std::fprintf(stderr, "%s\n", done.error().message.c_str());
    std::_Exit(done ? 0 : 1);
}

TEST_F(Workspace, ASweepThatIsKilledAtAnyMomentGoesOnNextTime)
{
    std::mt19937 random(1);
    for (int round = 0; round < tests::rounds(100); ++round) {
        const auto own = folder.path / fmt::format("{}.vitrine", round);
        for (int kills = 0; kills < 4; ++kills) {
            const pid_t sweep = inChild([&] { sweepPoints(own, 3); });
            ::usleep(random() % 60'000);
            ::kill(sweep, SIGKILL);
            exitOf(sweep);
        }
        const pid_t sweep = inChild([&] { sweepPoints(own, 3); });
        EXPECT_EQ(exitOf(sweep), 0) << round;

        auto store = Store::open(own).value();
        importFinished(store, complainAboutNothing);
        EXPECT_EQ(store.count({.state = RunState::done}).value(), 3) << round;
        EXPECT_EQ(store.count({}).value(), 3) << round;
        EXPECT_TRUE(std::filesystem::is_empty(store.jobsFolder())) << round;
    }
}

TEST_F(Workspace, TagsOfManyProcessesAreAllKept)
{
    ASSERT_TRUE(Store::open(path)->import(sampleRun(1)));
    std::vector<pid_t> children;
    for (int child = 0; child < 16; ++child)
        children.push_back(inChild([&, child] {
            auto store = Store::open(path);
            const std::int64_t number = 1;
            if (!store ||
                !store->changeTags(std::span(&number, 1), {fmt::format("tag{}", child)}, {}))
                std::_Exit(1);
        }));
    for (const pid_t child : children)
        EXPECT_EQ(exitOf(child), 0);

    EXPECT_EQ(Store::open(path)->load(1)->tags.size(), 17u); // it had one
}

TEST_F(Workspace, WritersDoNotLoseEachOthersRuns)
{
    (void)Store::open(path).value();
    std::vector<pid_t> children;
    for (int child = 0; child < 4; ++child)
        children.push_back(inChild([&, child] {
            auto store = Store::open(path);
            for (int i = 0; i < 25; ++i)
                if (!store || !store->import(sampleRun(1000 * (child % 2) + i)))
                    std::_Exit(1);
        }));
    for (const pid_t child : children)
        EXPECT_EQ(exitOf(child), 0);

    EXPECT_EQ(Store::open(path)->count({}).value(), 50); // two pairs of writers had the same runs
}

TEST_F(Workspace, WhatWasAcknowledgedSurvivesKillNine)
{
    for (int round = 0; round < 5; ++round) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = inChild([&] {
            auto store = Store::open(path);
            for (int i = 0; store && i < 10000; ++i) {
                const int name = round * 10000 + i;
                if (!store->import(sampleRun(name)) ||
                    ::write(ends[1], &name, sizeof name) != sizeof name)
                    std::_Exit(1);
            }
        });
        ::close(ends[1]);
        std::vector<int> acknowledged;
        int name = 0;
        while (acknowledged.size() < static_cast<std::size_t>(3 + round) &&
               ::read(ends[0], &name, sizeof name) == sizeof name)
            acknowledged.push_back(name);
        ::kill(child, SIGKILL);
        exitOf(child);
        while (::read(ends[0], &name, sizeof name) == sizeof name)
            acknowledged.push_back(name);
        ::close(ends[0]);

        auto store = Store::open(path).value();
        for (const int i : acknowledged) {
            const auto run = store.loadUid(tests::uidOf(i));
            ASSERT_TRUE(run.has_value());
            EXPECT_TRUE(compareComputed(*run, sampleRun(i)).empty());
        }
        EXPECT_TRUE(
            store.import(sampleRun(round * 10000 + 9999)).has_value()); // it can be written on
    }
}

} // namespace
} // namespace vitrine
