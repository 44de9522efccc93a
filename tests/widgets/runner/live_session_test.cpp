#include "widgets/runner/live_session.h"

#include "core/jobs/worker/live_lines.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include <fstream>

namespace vitrine
{
namespace
{

// Stands for `vitrine work --live`: answers with the value it was asked for, while there is a file
// "held" only once there is a file "go"; "crash" ends it, "wrong" is refused, and an experiment
// "none" does not open. Each start is a line in "starts".
const char* const kWorker = R"sh(#!/bin/sh
here=$(dirname $0)
echo started >> "$here/starts"
while read -r line; do
  case "$line" in
    *'"open"'*none*) echo '{"error":0,"kind":"argument","message":"no experiment none"}'; continue;;
    *'"open"'*) echo '{"opened":true}'; continue;;
  esac
  n=$(echo "$line" | sed 's/.*"update":\([0-9]*\).*/\1/')
  value=$(echo "$line" | sed 's/.*"value":"\([a-z0-9]*\)".*/\1/')
  case "$value" in
    crash) echo 'out of luck' >&2; kill -SEGV $$;;
    wrong) echo "{\"error\":$n,\"kind\":\"argument\",\"message\":\"beta is 7, at most 1\"}"; continue;;
  esac
  while [ -e "$here/held" ] && [ ! -e "$here/go" ]; do sleep 0.01; done
  rm -f "$here/go"
  sed "s/\"result\":0/\"result\":$n/; s/4242/$value/" "$here/answer"
done
)sh";

class LiveSessionTest : public testing::Test
{
protected:
    LiveSessionTest()
    {
        QFile file(folder_.filePath("worker"));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(kWorker);
        file.close();
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        RunResult result;
        result.metrics = {{"value", 4242, "1", Origin::computed, ""}};
        std::ofstream(folder_.filePath("answer").toStdString())
            << resultLine(0, result, {}) << '\n';
    }

    std::unique_ptr<WorkerLiveRun> open(const std::string& experiment = "test.live")
    {
        auto live = std::make_unique<WorkerLiveRun>(
            folder_.filePath("worker").toStdString(), experiment,
            [](const WorkerLiveRun::Values& values) -> Result<Params> {
                Params params;
                params.set("value", values.at("value"));
                return params;
            },
            nullptr);
        QObject::connect(live.get(), &LiveRun::updated, live.get(),
                         [this](const RunHandle& run) { runs_.push_back(run); });
        return live;
    }
    void touch(const QString& name)
    {
        QFile file(folder_.filePath(name));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
    }
    int starts() const
    {
        QFile file(folder_.filePath("starts"));
        return file.open(QIODevice::ReadOnly) ? static_cast<int>(file.readAll().count('\n')) : 0;
    }
    std::vector<double> values() const
    {
        std::vector<double> all;
        for (const RunHandle& run : runs_)
            all.push_back(run->result.metrics[0].value);
        return all;
    }
    double newest() const { return runs_.empty() ? -1 : runs_.back()->result.metrics[0].value; }
    bool waitFor(double value)
    {
        return QTest::qWaitFor([&] { return newest() == value; }, 20'000);
    }

    QTemporaryDir folder_;
    std::vector<RunHandle> runs_;
};

TEST_F(LiveSessionTest, AnUpdateComesBackAsARunWithItsParameters)
{
    const auto live = open();
    live->update({{"value", "7"}});
    EXPECT_TRUE(live->isBusy());

    ASSERT_TRUE(waitFor(7));
    EXPECT_FALSE(live->isBusy());
    EXPECT_EQ(runs_.back()->experiment, "test.live");
    EXPECT_EQ(runs_.back()->state, RunState::done);
    EXPECT_EQ(runs_.back()->number, 0);
    EXPECT_EQ(runs_.back()->params.text("value"), "7");
}

// A mouse that moves a hundred times while two answers come: it does not wait until the mouse
// rests, and does not lag behind it.
TEST_F(LiveSessionTest, ADragShowsStatesOnItsWayAndEndsWithTheNewest)
{
    touch("held");
    const auto live = open();
    for (int value = 1; value <= 100; ++value) {
        live->update({{"value", std::to_string(value)}});
        if (value == 50) {
            touch("go");
            ASSERT_TRUE(waitFor(1));
        }
    }
    touch("go");
    ASSERT_TRUE(waitFor(50));
    touch("go");
    ASSERT_TRUE(waitFor(100));

    EXPECT_EQ(values(), (std::vector<double>{1, 50, 100}));
    EXPECT_FALSE(live->isBusy());
}

TEST_F(LiveSessionTest, AWrongRequestIsRefusedAndTheSessionGoesOn)
{
    const auto live = open();
    QSignalSpy refused(live.get(), &LiveRun::refused);
    live->update({{"value", "wrong"}});
    ASSERT_TRUE(refused.wait(20'000));
    EXPECT_EQ(refused[0][0].toString(), "beta is 7, at most 1");

    live->update({{"value", "3"}});
    EXPECT_TRUE(waitFor(3));
}

TEST_F(LiveSessionTest, DeathIsToldOnceAndARestartAsksAgain)
{
    const auto live = open();
    QSignalSpy died(live.get(), &LiveRun::died);
    live->update({{"value", "crash"}});
    ASSERT_TRUE(died.wait(20'000));
    EXPECT_TRUE(died[0][0].toString().contains("SIGSEGV")) << died[0][0].toString().toStdString();
    EXPECT_TRUE(died[0][0].toString().contains("out of luck"));

    live->update({{"value", "5"}}); // waits: a worker that died is not started unasked
    live->restart();
    EXPECT_TRUE(waitFor(5));
    EXPECT_EQ(starts(), 2);
    EXPECT_EQ(died.count(), 1);
    EXPECT_EQ(values(), std::vector<double>{5});
}

TEST_F(LiveSessionTest, ASessionThatCannotBeOpenedSaysWhyOnce)
{
    const auto live = open("none");
    QSignalSpy refused(live.get(), &LiveRun::refused);
    live->update({{"value", "1"}});
    ASSERT_TRUE(refused.wait(20'000));
    EXPECT_EQ(refused[0][0].toString(), "no experiment none");
    EXPECT_FALSE(live->isBusy());

    live->update({{"value", "2"}}); // opens anew
    ASSERT_TRUE(refused.wait(20'000));
    EXPECT_EQ(refused.count(), 2); // what followed the opening is not told too
    EXPECT_TRUE(runs_.empty());
    EXPECT_FALSE(live->isBusy());
}

TEST_F(LiveSessionTest, AProgramThatIsNotThereIsADeath)
{
    WorkerLiveRun live(
        folder_.filePath("missing").toStdString(), "test.live",
        [](const auto&) -> Result<Params> { return Params(); }, nullptr);
    QSignalSpy died(&live, &LiveRun::died);
    live.update({{"value", "1"}});
    ASSERT_TRUE(QTest::qWaitFor([&] { return died.count() == 1; }, 20'000));
    EXPECT_FALSE(live.isBusy());
}

} // namespace
} // namespace vitrine
