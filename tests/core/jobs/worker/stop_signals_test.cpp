#include "core/jobs/worker/stop_signals.h"

#include "core/jobs/worker/worker.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_experiments.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

using namespace std::chrono_literals;

[[maybe_unused]] const bool kStopWorker = tests::workIfAsked();

const std::filesystem::path kProgram = std::filesystem::read_symlink("/proc/self/exe");

constexpr std::int64_t bitOf(int signal)
{
    return std::int64_t{1} << (signal - 1);
}

constexpr std::int64_t kStops = bitOf(SIGTERM) | bitOf(SIGINT) | bitOf(SIGUSR1);
// Raised by the instruction itself, so they come to the thread that executes it.
constexpr std::int64_t kFaults = bitOf(SIGSEGV) | bitOf(SIGBUS) | bitOf(SIGFPE) | bitOf(SIGILL) |
                                 bitOf(SIGABRT) | bitOf(SIGTRAP) | bitOf(SIGSYS);

struct Stops : testing::Test {
    tests::TemporaryFolder folder;

    std::unique_ptr<Worker> start(const std::string& experiment,
                                  const std::map<std::string, std::string>& given = {})
    {
        Job job;
        job.experiment = experiment;
        job.given = given;
        return Worker::start(kProgram, writeJob(folder.path, job).value()).value();
    }

    static RunRecord finish(Worker& worker)
    {
        while (worker.poll([](const WorkerEvent&) {}))
            std::this_thread::sleep_for(2ms);
        return worker.collect();
    }
};

// Only the thread that does nothing else may meet a signal with a handler.
TEST_F(Stops, NoHandlerRunsOnAThreadThatComputes)
{
    const auto run = finish(*start("test.signals", {{"threads", "3"}}));

    ASSERT_EQ(run.state, RunState::done) << run.error;
    const auto caught = static_cast<std::int64_t>(run.result.metric("caught")->value);
    EXPECT_EQ(caught & kStops, kStops);
    const Table* threads = run.result.table("threads");
    ASSERT_GE(threads->rows.size(), 4u) << "main thread, two of the pool, the one for signals";
    int takers = 0;
    for (const auto& row : threads->rows) {
        const auto& name = std::get<std::string>(row[0]);
        const auto open = ~std::get<std::int64_t>(row[1]) & caught & ~kFaults;
        if (name == "stop-signals")
            ++takers;
        else
            EXPECT_EQ(open, 0) << name << " may be interrupted by signals " << std::hex << open;
    }
    EXPECT_EQ(takers, 1);
}

// A signal that comes before the program's first instruction is neither lost nor deadly.
TEST_F(Stops, AStopWhileTheWorkerStartsIsACancelOrAPause)
{
    auto first = start("test.slow", {{"steps", "100000"}});
    first->cancel();
    const auto cancelled = finish(*first);
    auto second = start("test.slow", {{"steps", "10"}});
    second->pause();
    const auto paused = finish(*second);
    const auto resumed = finish(*Worker::start(kProgram, second->folder()).value());

    EXPECT_EQ(cancelled.state, RunState::cancelled) << cancelled.error;
    EXPECT_EQ(cancelled.exitCode, 130);
    EXPECT_EQ(paused.state, RunState::paused) << paused.error;
    EXPECT_EQ(resumed.state, RunState::done) << resumed.error;
}

TEST_F(Stops, APauseBeforeAnythingIsSavedBeginsAgain)
{
    auto worker = start("test.live", {{"milliseconds", "100000"}}); // saves nothing
    worker->pause();
    const auto paused = finish(*worker);
    worker = Worker::start(kProgram, worker->folder()).value();
    worker->pause();
    const auto again = finish(*worker);

    EXPECT_EQ(paused.state, RunState::paused) << paused.error;
    EXPECT_TRUE(std::filesystem::exists(worker->folder() / "state/saved"));
    EXPECT_EQ(again.state, RunState::paused) << again.error;
}

TEST_F(Stops, ACancelWinsOverAPause)
{
    auto worker = start("test.slow", {{"steps", "100000"}});
    worker->cancel();
    worker->pause();

    EXPECT_EQ(finish(*worker).state, RunState::cancelled);
}

} // namespace
} // namespace vitrine
