#include "core/learning/nets/queue/queue.h"

#include "core/learning/nets/training/tensor_file.h"
#include "tests/core/learning/toy_text.h"
#include "tests/support/started_program.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

// Two small language models, each some hundred steps.
class TrainingQueue : public testing::Test
{
protected:
    void SetUp() override
    {
        for (const char* part : {"recipes", "models", "data/toy"})
            fs::create_directories(folder_.path / part);
        tests::writeToyText(folder_.path / "data/toy", "train", 40);
        tests::writeToyText(folder_.path / "data/toy", "heldout", 3);
        writeRecipe("a", "");
        writeRecipe("b", "");
    }

    void writeRecipe(const std::string& name, const std::string& more) const
    {
        std::ofstream(folder_.path / "recipes" / (name + ".recipe"))
            << "data = toy\nvocabulary = 32\nwidth = 16\nlayers = 2\nheads = 2\nfeed_forward = 24\n"
               "context = 64\nwindows = 0:16\ntokens_per_step = 128\nsteps = 400\nwarm_up = 5\n"
               "evaluate_every = 50\ncheckpoint_minutes = 0.0005\ndevice = cpu\n"
            << more;
    }

    QueuePlaces places(const std::string& state = "state") const
    {
        return {(folder_.path / "recipes").string(),
                (folder_.path / "models").string(),
                (folder_.path / state).string(),
                {(folder_.path / "data").string(), ""}};
    }

    std::vector<std::string> command(const std::string& verb,
                                     const std::string& state = "state") const
    {
        const QueuePlaces p = places(state);
        return {VITRINE_TRAIN_PROGRAM,
                verb,
                "--recipes",
                p.recipes,
                "--models",
                p.models,
                "--state",
                p.state,
                "--data",
                p.data.data,
                "--turn",
                "0.002"};
    }

    static bool never() { return false; }

    static int64_t stepOf(const std::vector<QueueRow>& rows, const std::string& name)
    {
        for (const QueueRow& row : rows)
            if (row.name == name)
                return row.step;
        return -1;
    }

    TensorFile checkpoint(const std::string& state, const std::string& name) const
    {
        return readTensorFile((folder_.path / state / name / "checkpoint.safetensors").string());
    }

    tests::TemporaryFolder folder_;
};

TEST_F(TrainingQueue, TrainsAllInTurnsUntilNothingIsLeft)
{
    std::ostringstream log;

    runQueue(places(), {}, 0.002, never, log);

    const auto rows = queueRows(places());
    ASSERT_EQ(rows.size(), 2u);
    for (const QueueRow& row : rows) {
        EXPECT_EQ(row.step, 400) << row.name;
        EXPECT_EQ(row.state, "finished");
        EXPECT_GT(row.processorHours, 0.0);
        EXPECT_FALSE(std::isnan(row.selection));
        EXPECT_TRUE(std::isnan(row.shipped));
    }
    EXPECT_NE(log.str().find("nothing is left to train"), std::string::npos);
}

TEST_F(TrainingQueue, KilledAtAnyMomentItGoesOnToTheSameWeights)
{
    std::ostringstream log;
    runQueue(places("whole"), {"a"}, 10.0, never, log);
    std::mt19937 random(3);
    for (int kill = 0; kill < 6; ++kill) {
        tests::StartedProgram queue(folder_.path, command("queue"));
        std::this_thread::sleep_for(std::chrono::milliseconds(100 + random() % 400));
        ::kill(queue.pid(), SIGKILL);
        queue.wait();
    }

    tests::StartedProgram queue(folder_.path, command("queue"));
    const tests::Ended ended = queue.wait();

    EXPECT_EQ(ended.code, 0) << ended.errors;
    const TensorFile whole = checkpoint("whole", "a"), parts = checkpoint("state", "a");
    ASSERT_EQ(whole.tensors.size(), parts.tensors.size());
    for (const auto& [name, tensor] : whole.tensors)
        EXPECT_TRUE(torch::equal(tensor, *parts.find(name))) << name;
}

TEST_F(TrainingQueue, ATableSaysWhereAScoreIsALoss)
{
    std::ostringstream log, table;
    runQueue(places(), {"a"}, 0.002, never, log);
    printQueueTable(queueRows(places()), table);
    EXPECT_NE(table.str().find("The score of a is a loss: lower is better."), std::string::npos);
    EXPECT_EQ(table.str().find("The score of b is a loss"), std::string::npos); // it has none yet
}

TEST_F(TrainingQueue, IsPausedWithEverythingSavedAndThereIsOneAtATime)
{
    writeRecipe("a", "");
    { // long enough to be met at work
        std::ofstream more(folder_.path / "recipes/long.recipe");
        std::ifstream from(folder_.path / "recipes/a.recipe");
        for (std::string line; std::getline(from, line);)
            more << (line == "steps = 400" ? "steps = 100000000" : line) << "\n";
    }
    tests::StartedProgram queue(folder_.path, command("queue"));
    while (stepOf(queueRows(places()), "long") < 50 && !queue.hasEnded())
        std::this_thread::sleep_for(std::chrono::milliseconds(20));

    std::set<std::string> states;
    for (int i = 0; i < 100 && states.count("training") == 0; ++i) {
        for (const QueueRow& row : queueRows(places()))
            states.insert(row.state);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    tests::TemporaryFolder elsewhere;
    tests::StartedProgram second(elsewhere.path, command("queue"));
    const tests::Ended refused = second.wait();
    const bool paused = pauseQueue(places(), 60.0);

    EXPECT_EQ(states.count("training"), 1u);
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.errors.find("a queue is training already"), std::string::npos)
        << refused.errors;
    EXPECT_TRUE(paused);
    EXPECT_EQ(queue.wait().code, 0);
    EXPECT_GE(std::stoll(checkpoint("state", "long").metadata.at("step")), 50);
    EXPECT_TRUE(pauseQueue(places(), 1.0)) << "nothing runs any more";
}

TEST_F(TrainingQueue, OneThatFailsIsTheTablesToTellAndTheOthersGoOn)
{
    std::ofstream(folder_.path / "recipes/broken.recipe") << "network = no-such-net\nsteps = 5\n";
    std::ostringstream log, table;

    runQueue(places(), {}, 1.0, never, log);
    printQueueTable(queueRows(places()), table);

    const auto rows = queueRows(places());
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[0].state, "finished");
    EXPECT_EQ(rows[2].name, "broken");
    EXPECT_NE(rows[2].state.find("no-such-net"), std::string::npos);
    EXPECT_NE(table.str().find("no-such-net"), std::string::npos) << table.str();
}

TEST_F(TrainingQueue, OneThatStartsFromAnotherWaitsUntilThatIsShipped)
{
    writeRecipe("b", "after = a\n");
    std::ostringstream log;

    runQueue(places(), {}, 10.0, never, log);
    const int64_t early = stepOf(queueRows(places()), "b");
    fs::create_directories(folder_.path / "models/a");
    std::ofstream(folder_.path / "models/a/README.md")
        << "---\nname: a\nsteps: 400\nseed: 1\nprocessor_hours: 0\nselection: 1\nstep: 3\n---\n";
    runQueue(places(), {}, 10.0, never, log);

    EXPECT_EQ(early, 0);
    EXPECT_EQ(stepOf(queueRows(places()), "b"), 400);
}

TEST_F(TrainingQueue, ALastOneWaitsForAllOthersAndANameWithoutRecipeIsRefused)
{
    writeRecipe("a", "last = yes\n");
    std::ostringstream log;
    int64_t stepsOfLast = -1;

    runQueue(
        places(), {}, 0.001,
        [&] {
            const auto rows = queueRows(places());
            if (stepOf(rows, "b") < 400)
                stepsOfLast = std::max(stepsOfLast, stepOf(rows, "a"));
            return stepOf(rows, "a") > 0;
        },
        log);

    EXPECT_EQ(stepsOfLast, 0) << log.str();
    EXPECT_EQ(stepOf(queueRows(places()), "b"), 400);
    EXPECT_THROW(runQueue(places(), {"nobody"}, 1.0, never, log), std::runtime_error);
}

} // namespace
} // namespace vitrine::learning
