#include "core/jobs/worker/worker.h"

#include "tests/support/temporary_folder.h"
#include "tests/support/test_experiments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace vitrine
{
namespace
{

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::filesystem::path kLiveProgram = std::filesystem::read_symlink("/proc/self/exe");

std::unique_ptr<LiveWorker> startLive(const std::string& experiment = "test.live")
{
    return LiveWorker::start(kLiveProgram, experiment, {}).value();
}

// Until the request is answered or the worker has died.
std::map<std::int64_t, Result<RunResult>> answersUntil(LiveWorker& worker, std::int64_t request)
{
    std::map<std::int64_t, Result<RunResult>> answers;
    const auto until = std::chrono::steady_clock::now() + 60s;
    while (!answers.contains(request) && std::chrono::steady_clock::now() < until) {
        if (!worker.poll([&](LiveWorker::Answer answer) {
                answers.emplace(answer.request, std::move(answer.result));
            }))
            break;
        std::this_thread::sleep_for(1ms);
    }
    return answers;
}

double doubled(const Result<RunResult>& result)
{
    return result ? result->metric("double")->value : -1;
}

TEST(LiveWorker, AnswersWithTheNumberOfTheRequest)
{
    auto worker = startLive();

    worker->update(7, {{"value", "21"}});
    const auto answers = answersUntil(*worker, 7);

    ASSERT_TRUE(answers.contains(7));
    EXPECT_EQ(doubled(answers.at(7)), 42);
}

TEST(LiveWorker, TheNewestRequestWins)
{
    auto worker = startLive();
    worker->update(0, {});
    answersUntil(*worker, 0); // it is warm

    for (int i = 1; i <= 50; ++i)
        worker->update(i, {{"value", std::to_string(i)}, {"milliseconds", "30"}});
    const auto answers = answersUntil(*worker, 50);

    ASSERT_TRUE(answers.contains(50));
    EXPECT_EQ(doubled(answers.at(50)), 100);
    EXPECT_EQ(answers.size(), 50u); // each is answered, the others as dropped
    int dropped = 0;
    for (const auto& [number, result] : answers)
        if (!result) {
            EXPECT_EQ(result.error().kind, ErrorKind::cancelled);
            ++dropped;
        }
    EXPECT_GE(dropped, 40);
}

// What the session keeps may come from bytes that are not the file's: it ends and says why.
TEST(LiveWorker, AFileThatChangesUnderASessionIsNamedInItsLastWords)
{
    for (const std::uintmax_t left : {100, 9000}) { // whole pages lost; a part of the last page
        const tests::TemporaryFolder folder;
        const auto file = folder.path / "model.bin";
        std::ofstream(file) << std::string(10'000, '\1');
        auto worker =
            LiveWorker::start(kLiveProgram, "test.read", {{"path", file.string()}}).value();
        worker->update(1, {{"path", file.string()}});
        const auto whole = answersUntil(*worker, 1);
        ASSERT_TRUE(whole.contains(1) && whole.at(1));
        EXPECT_EQ(whole.at(1)->metric("sum")->value, 10'000);

        std::filesystem::resize_file(file, left);
        worker->update(2, {{"path", file.string()}});
        const auto after = answersUntil(*worker, 2);

        EXPECT_FALSE(after.contains(2));
        EXPECT_THAT(worker->lastWords(), HasSubstr("exit code 3"));
        EXPECT_THAT(worker->lastWords(), HasSubstr("model.bin"));
        EXPECT_THAT(worker->lastWords(), HasSubstr("became shorter"));
    }
}

TEST(LiveWorker, WrongParametersAreAnAnswer)
{
    auto worker = startLive();

    worker->update(1, {{"value", "many"}});
    const auto answers = answersUntil(*worker, 1);

    ASSERT_TRUE(answers.contains(1));
    EXPECT_EQ(answers.at(1).error().kind, ErrorKind::argument);
}

TEST(LiveWorker, AnExperimentWithoutSessionSaysSo)
{
    auto worker = startLive("test.echo");

    const auto answers = answersUntil(*worker, 0);

    ASSERT_TRUE(answers.contains(0));
    EXPECT_THAT(answers.at(0).error().message, HasSubstr("cannot be tuned live"));
}

TEST(LiveWorker, BigAnswersArrive)
{
    auto worker = startLive();

    worker->update(3, {{"rows", "150000"}});
    const auto answers = answersUntil(*worker, 3);

    ASSERT_TRUE(answers.contains(3));
    ASSERT_TRUE(answers.at(3).has_value()) << answers.at(3).error().message;
    EXPECT_EQ(answers.at(3)->table("rows")->rows.size(), 150000u);
}

TEST(LiveWorker, ItsDeathIsNoticed)
{
    auto worker = startLive();

    worker->update(1, {{"crash", "on"}});
    answersUntil(*worker, 1);

    EXPECT_THAT(worker->lastWords(), HasSubstr("exit code 9"));
    worker->update(2, {}); // into the void, without a signal
    EXPECT_FALSE(worker->poll([](const LiveWorker::Answer&) {}));
}

} // namespace
} // namespace vitrine
