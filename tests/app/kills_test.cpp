// Processes killed with SIGKILL at any moment while another process reads and writes the same
// workspace: what was acknowledged is there, the database is sound, no worker stays behind.
#include "core/base/json.h"
#include "core/base/random.h"
#include "core/jobs/worker/job_folder.h"
#include "core/jobs/worker/process.h"
#include "core/store/store.h"
#include "tests/support/rounds.h"
#include "tests/support/started_program.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sqlite3.h>

#include <array>
#include <map>
#include <memory>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Words = std::vector<std::string>;

// The other process is this one: it imports, finds and tags without a pause until it goes.
class Companion
{
public:
    explicit Companion(fs::path workspace)
        : thread_([this, workspace](const std::stop_token& stop) { use(workspace, stop); })
    {
    }

    // How many runs were acknowledged: sampleRun(0) and so on.
    int end()
    {
        thread_.request_stop();
        thread_.join();
        return kept_;
    }
    const std::vector<std::string>& problems() const { return problems_; } // after the end

private:
    void use(const fs::path& workspace, const std::stop_token& stop)
    {
        auto store = Store::open(workspace);
        if (!store)
            return problems_.push_back(store.error().message);
        const auto check = [&](const auto& result) {
            if (!result)
                problems_.push_back(result.error().message);
            return result.has_value();
        };
        while (!stop.stop_requested()) {
            const auto number = store->import(tests::sampleRun(kept_));
            if (!check(number))
                continue;
            ++kept_;
            check(store->setTags(*number, {"t", "seen"}));
            check(store->count({}));
            check(store->load(*number));
            std::this_thread::sleep_for(10ms);
        }
    }

    int kept_ = 0;
    std::vector<std::string> problems_;
    std::jthread thread_; // last: runs on all of the above
};

// Everybody who can die. The window is the other importer beside the command line.
enum class Victim { run, worker, both, group, window };
constexpr std::array kVictims = {Victim::run, Victim::worker, Victim::both, Victim::group,
                                 Victim::window};

struct Kills : testing::Test {
    tests::TemporaryFolder folder;
    fs::path workspace = folder.path / "test.vitrine";
    fs::path jobs = workspace.string() + ".d/jobs";
    std::map<std::string, std::string> acknowledged; // state by uid

    Kills() { ::setenv("VITRINE_PLUGIN_PATH", VITRINE_TEST_PLUGINS, 1); }

    // `vitrine words...` with settings and log in the test's folder.
    tests::StartedProgram start(const Words& words) const
    {
        Words all = {"/usr/bin/env"};
        for (const char* name : {"XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"})
            all.push_back(std::string(name) + "=" + (folder.path / "home").string());
        all.push_back("QT_QPA_PLATFORM=offscreen");
        all.push_back(VITRINE_PROGRAM);
        all.insert(all.end(), words.begin(), words.end());
        return {folder.path, std::move(all)};
    }

    tests::StartedProgram startRun(int round) const
    {
        Words words = {"run", "--json", "--workspace", workspace.string()};
        if (round % 2 == 0)
            words.insert(words.end(), {"test.slow", "--set", "steps=8"});
        else
            words.insert(words.end(), {"test.echo", "--set", fmt::format("text=round {}", round)});
        return start(words);
    }

    std::vector<pid_t> workers() const
    {
        std::vector<pid_t> alive;
        std::error_code error;
        for (const auto& job : fs::directory_iterator(jobs, error))
            if (const auto process = readPidFile(JobFolder{job.path()}.pid());
                process && isAlive(*process))
                alive.push_back(process->pid);
        return alive;
    }

    // Command lines that name this workspace, whoever started them.
    std::vector<std::string> processesHere() const
    {
        std::vector<std::string> found;
        std::error_code error;
        for (const auto& process : fs::directory_iterator("/proc", error)) {
            std::ifstream file(process.path() / "cmdline");
            std::string words{std::istreambuf_iterator<char>(file), {}};
            std::ranges::replace(words, '\0', ' ');
            if (words.find(folder.path.string()) != std::string::npos)
                found.push_back(process.path().filename().string() + " " + words);
        }
        return found;
    }

    void acknowledge(const tests::Ended& ended)
    {
        if (ended.output.empty() || ended.code >= 128)
            return;
        const auto run = parseJson(ended.output, "the output");
        ASSERT_TRUE(run) << ended.output;
        acknowledged[(*run)["uid"].get<std::string>()] = (*run)["status"].get<std::string>();
    }

    static void pause(Random& random, Clock::duration longest)
    {
        const auto us = std::chrono::duration_cast<std::chrono::microseconds>(longest).count();
        std::this_thread::sleep_for(
            std::chrono::microseconds(random.below(static_cast<std::uint64_t>(us))));
    }

    // How long a window takes until it has imported what a killed run has left.
    Clock::duration windowImports() const
    {
        std::string uid;
        {
            auto run =
                start({"run", "test.slow", "--set", "steps=50", "--workspace", workspace.string()});
            EXPECT_TRUE(tests::waitUntil([&] { return !workers().empty(); }));
            for (const auto& job : fs::directory_iterator(jobs))
                uid = job.path().filename().string();
        } // killed
        EXPECT_TRUE(tests::waitUntil([&] { return workers().empty(); }));
        const auto begin = Clock::now();
        auto window = start({workspace.string()});
        const auto store = Store::open(workspace).value();
        EXPECT_TRUE(tests::waitUntil([&] { return store.loadUid(uid).has_value(); })) << uid;
        return Clock::now() - begin;
    }

    void kill(Victim victim, int round, Random& random, Clock::duration longest,
              Clock::duration windowTakes)
    {
        auto run = startRun(round);
        pause(random, longest);
        if (victim == Victim::worker || victim == Victim::both)
            for (const pid_t worker : workers())
                ::kill(worker, SIGKILL);
        if (victim == Victim::group)
            ::kill(-run.pid(), SIGKILL);
        else if (victim != Victim::worker)
            ::kill(run.pid(), SIGKILL);
        acknowledge(run.wait());
        if (victim != Victim::window)
            return;
        auto window = start({workspace.string()}); // imports what the run has left
        pause(random, windowTakes + longest);
        ::kill(window.pid(), SIGKILL);
        window.wait();
    }
};

std::string integrityOf(const fs::path& workspace)
{
    sqlite3* opened = nullptr;
    if (::sqlite3_open_v2(workspace.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK)
        return "cannot be opened";
    const std::unique_ptr<sqlite3, decltype(&::sqlite3_close)> database(opened, &::sqlite3_close);
    std::string answer;
    ::sqlite3_exec(
        opened, "pragma integrity_check",
        [](void* text, int, char** values, char**) {
            *static_cast<std::string*>(text) += values[0];
            return 0;
        },
        &answer, nullptr);
    return answer;
}

TEST_F(Kills, LoseNothingThatWasAcknowledgedAndLeaveNoWorker)
{
    const auto begin = Clock::now();
    acknowledge(startRun(0).wait());
    const auto took = Clock::now() - begin;
    ASSERT_EQ(acknowledged.size(), 1u);
    const auto windowTakes = windowImports();
    ASSERT_FALSE(HasFailure());
    Companion companion(workspace);
    Random random(250);

    const int count = tests::rounds(250);
    for (int round = 1; round <= count; ++round)
        kill(kVictims[static_cast<std::size_t>(round) % kVictims.size()], round, random, took,
             windowTakes);
    EXPECT_TRUE(tests::waitUntil([&] { return workers().empty(); }));
    auto last = start({"runs", "list", "--json", "--workspace", workspace.string()});
    EXPECT_EQ(last.wait().code, 0);
    const int companions = companion.end();

    EXPECT_THAT(companion.problems(), testing::IsEmpty());
    EXPECT_GT(companions, 0);
    auto store = Store::open(workspace).value();
    for (int i = 0; i < companions; ++i) {
        const auto run = store.loadUid(tests::uidOf(i));
        ASSERT_TRUE(run) << i;
        EXPECT_THAT(compareComputed(*run, tests::sampleRun(i)), testing::IsEmpty());
    }
    std::map<std::string, int> states;
    for (const auto& [uid, state] : acknowledged) {
        const auto run = store.loadUid(uid);
        ASSERT_TRUE(run) << uid;
        EXPECT_EQ(runStateName(run->state), state);
        EXPECT_TRUE(store.verify(run->number)) << uid;
        ++states[state];
    }
    EXPECT_EQ(integrityOf(workspace), "ok");
    EXPECT_TRUE(tests::waitUntil([&] { return processesHere().empty(); }))
        << testing::PrintToString(processesHere());
    for (const auto& job : fs::directory_iterator(jobs)) {
        const bool known = !fs::exists(job.path() / "job.json") ||
                           store.loadUid(job.path().filename().string()).has_value();
        EXPECT_TRUE(known) << job.path();
    }
    fmt::print(
        "{} kills, {} runs kept, {} of them acknowledged to the caller ({}), {} by the other "
        "process\n",
        count, store.count({}).value() - companions, acknowledged.size(),
        testing::PrintToString(states), companions);
}

} // namespace
} // namespace vitrine
