#include "widgets/runner/runner.h"

#include <QApplication>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include "core/jobs/bundle/bundle.h"
#include "core/jobs/worker/worker.h"
#include "widgets/runner/compute_pool.h"

#include <atomic>
#include <semaphore>

namespace vitrine
{
namespace
{

QApplication& application()
{
    return *qApp;
}

// Stands for `vitrine work JOB`: the bundle lies ready beside it, the job's uid is put into it. As
// a real worker it outlives the reader of its pipe, and its result is there whole or not at all.
const char* const kGoodWorker = R"(#!/bin/sh
trap '' PIPE
echo '{"progress":[1,4,"layers"]}'
echo '{"message":"halfway"}'
sleep 0.3
mkdir -p "$2/bundle"
sed "s/00000000000000000000000000000000/$(basename $2)/" "$(dirname $0)/bundle/run.json" > "$2/bundle/run.part"
mv "$2/bundle/run.part" "$2/bundle/run.json"
echo '{"state":"done"}'
)";
const char* const kCrashingWorker = "#!/bin/sh\nkill -SEGV $$\n";
const char* const kSlowWorker =
    "#!/bin/sh\ntrap 'exit 130' TERM\necho '{\"progress\":[1,100,\"steps\"]}'\n"
    "i=0; while [ $i -lt 200 ]; do sleep 0.05; i=$((i+1)); done\n";

Job countingJob()
{
    Job job;
    job.experiment = "test.count";
    job.given = {{"steps", "7"}};
    job.params.set("steps", std::int64_t{7});
    return job;
}

class WithRunner : public testing::Test
{
protected:
    WithRunner() { application(); }

    void useWorker(const char* script)
    {
        const QString program = folder.filePath("worker");
        QFile file(program);
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(script);
        file.close();
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        RunRecord run;
        run.uid = std::string(32, '0');
        run.experiment = "test.count";
        run.state = RunState::done;
        run.started = "2026-05-01T12:00:00.000Z";
        run.result.metrics = {{"answer", 42.0, "1", Origin::computed, ""}};
        ASSERT_TRUE(writeBundle(folder.filePath("bundle").toStdString(), run));
        runner = std::make_unique<Runner>(program.toStdString());
        ASSERT_TRUE(runner->open(workspace()));
    }

    std::filesystem::path workspace() { return folder.filePath("w.vitrine").toStdString(); }

    RunHandle waitForRun()
    {
        RunHandle seen;
        QObject::connect(runner.get(), &Runner::finished, runner.get(),
                         [&](const RunHandle& run) { seen = run; });
        (void)QTest::qWaitFor([&] { return seen != nullptr; }, 10'000);
        return seen;
    }

    QTemporaryDir folder;
    std::unique_ptr<Runner> runner;
};

// 10 s for each of 100 steps: what remains is told from the steps that somebody saw.
TEST(RunStatus, RemainingTimeIsOfWhatWasDoneSinceItWasFirstTold)
{
    RunStatus fresh;
    fresh.count(0, 100, "steps", 0);
    EXPECT_FALSE(fresh.remaining());
    fresh.count(20, 100, "steps", 200);
    fresh.elapsed = 200;
    EXPECT_EQ(fresh.remaining(), 800);

    RunStatus resumed; // 60 steps were done before
    resumed.count(60, 100, "steps", 2);
    resumed.elapsed = 10;
    EXPECT_FALSE(resumed.remaining());
    resumed.count(70, 100, "steps", 102);
    resumed.elapsed = 102;
    EXPECT_EQ(resumed.remaining(), 300);

    RunStatus other = fresh; // something else is counted now
    other.count(1, 10, "clips", 300);
    other.elapsed = 300;
    EXPECT_FALSE(other.remaining());
    other.count(2, 10, "clips", 350);
    other.elapsed = 350;
    EXPECT_EQ(other.remaining(), 400);
}

TEST_F(WithRunner, KeepsAFinishedRunInTheStore)
{
    useWorker(kGoodWorker);
    QSignalSpy messages(runner.get(), &Runner::messaged);

    const auto uid = runner->start(countingJob());
    ASSERT_TRUE(uid) << uid.error().message;
    ASSERT_EQ(runner->active().size(), 1u);
    const RunHandle run = waitForRun();

    ASSERT_NE(run, nullptr);
    EXPECT_EQ(run->state, RunState::done) << run->error;
    EXPECT_EQ(run->uid, uid->toStdString());
    EXPECT_EQ(run->result.metric("answer")->value, 42.0);
    EXPECT_GT(run->number, 0);
    EXPECT_TRUE(runner->active().empty());
    EXPECT_EQ(messages.count(), 1);
}

TEST_F(WithRunner, ACrashedWorkerIsAFailedRun)
{
    useWorker(kCrashingWorker);

    ASSERT_TRUE(runner->start(countingJob()));
    const RunHandle run = waitForRun();

    ASSERT_NE(run, nullptr);
    EXPECT_EQ(run->state, RunState::failed);
    EXPECT_FALSE(run->error.empty());
    EXPECT_TRUE(runner->store().loadUid(run->uid));
    EXPECT_EQ(run->params.integer("steps"), 7)
        << "known in its type, though the worker never began";
}

TEST_F(WithRunner, ShowsProgressAndCancels)
{
    useWorker(kSlowWorker);

    const auto uid = runner->start(countingJob());
    ASSERT_TRUE(uid);
    ASSERT_TRUE(QTest::qWaitFor([&] { return runner->status(*uid)->total == 100; }));
    EXPECT_EQ(runner->status(*uid)->what, "steps");
    runner->cancel(*uid);
    const RunHandle run = waitForRun();

    ASSERT_NE(run, nullptr);
    EXPECT_NE(run->state, RunState::done);
}

TEST_F(WithRunner, AttachesToAWorkerThatAKilledWindowLeft)
{
    useWorker(kGoodWorker);
    const auto uid = runner->start(countingJob());
    ASSERT_TRUE(uid);
    const std::filesystem::path program = folder.filePath("worker").toStdString();

    runner =
        std::make_unique<Runner>(program); // the first one is gone without a word to its worker
    ASSERT_TRUE(runner->open(workspace()));
    const RunHandle run = waitForRun();

    ASSERT_NE(run, nullptr);
    EXPECT_EQ(run->uid, uid->toStdString());
    EXPECT_EQ(run->state, RunState::done) << run->error;
}

TEST_F(WithRunner, NoticesRunsOfOthers)
{
    useWorker(kGoodWorker);
    QSignalSpy changes(runner.get(), &Runner::storeChanged);
    RunRecord foreign;
    foreign.uid = std::string(32, 'f');
    foreign.experiment = "test.count";
    foreign.state = RunState::done;

    auto other = Store::open(workspace());
    ASSERT_TRUE(other);
    ASSERT_TRUE(other->import(foreign));

    EXPECT_TRUE(changes.count() > 0 || changes.wait(10'000));
}

TEST(ComputePool, TheNewestRequestWins)
{
    application();
    ComputePool pool;
    QObject owner;
    std::atomic<int> worked = 0;
    std::vector<int> done;

    std::binary_semaphore begun(0), all(0);
    for (int i = 0; i < 50; ++i) {
        pool.compute(
            &owner, "tile",
            [&, i] {
                if (i == 0) { // is under way while the others are asked for
                    begun.release();
                    all.acquire();
                }
                ++worked;
            },
            [&done, i] { done.push_back(i); });
        if (i == 0)
            begun.acquire();
    }
    all.release();

    ASSERT_TRUE(QTest::qWaitFor([&] { return !done.empty(); }));
    EXPECT_EQ(done, std::vector<int>{49});
    EXPECT_EQ(worked, 2); // the first, which had begun, and the newest
}

TEST(ComputePool, ForgetsOwnersThatAreGone)
{
    application();
    ComputePool pool;
    bool done = false;
    {
        QObject owner;
        pool.compute(
            &owner, "tile", [] {}, [&] { done = true; });
    }

    ASSERT_TRUE(QTest::qWaitFor([&] { return pool.isIdle(); }, 10'000));

    EXPECT_FALSE(done);
}

} // namespace
} // namespace vitrine
