// Stops that come at any moment of a real computation: each ends the run as cancelled, or pauses
// it, and what goes on from a pause comes to the result of an undisturbed run.
#include "core/base/json.h"
#include "core/base/random.h"
#include "core/base/resources.h"
#include "core/jobs/worker/job_folder.h"
#include "core/jobs/worker/process.h"
#include "core/store/store.h"
#include "tests/support/machine_experiments.h"
#include "tests/support/rounds.h"
#include "tests/support/started_program.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>

namespace vitrine
{
namespace
{

using namespace std::chrono_literals;
using testing::HasSubstr;
using Clock = std::chrono::steady_clock;
using Words = std::vector<std::string>;

struct Computation {
    const char* experiment;
    Words settings;
};

// Small, but each multiplies matrices for a second or more.
const std::array<Computation, 4>& computations()
{
    static const std::array<Computation, 4> kAll = {
        Computation{"calibration.search", {"pool=12", "controls=2", "beta=0", "tau=0.05"}},
        Computation{"calibration.evaluate", {"limit=16", "controls=2"}},
        Computation{"learning.score", {"lengths=64"}},
        Computation{
            "attention.capture",
            {"prompt_file=" + findResource("texts/speech-2016.txt").value().string(), "keep=all"}}};
    return kAll;
}

// Under way for as long as a test looks at it.
Computation longSearch()
{
    return {"calibration.search", {"pool=400"}};
}

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGUSR1};

struct Stops : testing::Test {
    tests::TemporaryFolder folder;
    std::filesystem::path workspace = folder.path / "test.vitrine";

    struct Whole {
        RunRecord run;
        Clock::duration took{};
    };
    std::map<std::pair<std::string, int>, Whole> wholes;
    std::map<std::string, int> counts;

    tests::StartedProgram start(Words words) const
    {
        words.insert(words.begin(), VITRINE_PROGRAM);
        words.insert(words.end(), {"--json", "--workspace", workspace.string()});
        return {folder.path, std::move(words)};
    }

    static Words runOf(const Computation& computation, int threads)
    {
        Words words = {"run", computation.experiment, "--set", fmt::format("threads={}", threads)};
        for (const auto& setting : computation.settings)
            words.insert(words.end(), {"--set", setting});
        return words;
    }

    RunRecord stored(const std::string& output) const
    {
        const auto json = parseJson(output, "the output");
        EXPECT_TRUE(json) << output;
        if (!json)
            return {};
        return Store::open(workspace)->load((*json)["run"].get<std::int64_t>()).value();
    }

    // The undisturbed run, made once.
    const Whole& whole(const Computation& computation, int threads)
    {
        auto& kept = wholes[{computation.experiment, threads}];
        if (kept.run.number != 0)
            return kept;
        const auto begin = Clock::now();
        auto program = start(runOf(computation, threads));
        const auto ended = program.wait();
        kept.took = Clock::now() - begin;
        EXPECT_EQ(ended.code, 0) << ended.errors;
        kept.run = stored(ended.output);
        return kept;
    }

    // From then on a stop is taken by the program and not by the system.
    static bool takesStops(tests::StartedProgram& program)
    {
        const auto status = fmt::format("/proc/{}/status", program.pid());
        return tests::waitUntil([&] {
            return program.hasEnded() ||
                   (tests::statusField(status, "SigBlk") & (1u << (SIGTERM - 1)));
        });
    }

    void stopOnce(const Computation& computation, int signal, int threads, Random& random)
    {
        const Whole& expected = whole(computation, threads);
        auto program = start(runOf(computation, threads));
        ASSERT_TRUE(takesStops(program));
        const auto longest = std::chrono::duration_cast<std::chrono::microseconds>(expected.took);
        std::this_thread::sleep_for(
            std::chrono::microseconds(random.below(static_cast<std::uint64_t>(longest.count()))));
        ::kill(program.pid(), signal);
        const auto ended = program.wait();
        const std::string name =
            fmt::format("{} threads={} {}: ", computation.experiment, threads, signalName(signal));
        const RunRecord run = stored(ended.output);

        if (run.state == RunState::cancelled) {
            EXPECT_EQ(ended.code, 130) << name << ended.errors;
            EXPECT_NE(signal, SIGUSR1) << name;
            ++counts[name + "cancelled"];
        } else if (run.state == RunState::paused) {
            EXPECT_EQ(ended.code, 0) << name << ended.errors;
            EXPECT_EQ(signal, SIGUSR1) << name;
            auto resumed = start({"runs", "resume", std::to_string(run.number)});
            const auto outcome = resumed.wait();
            EXPECT_EQ(outcome.code, 0) << name << outcome.errors;
            EXPECT_THAT(compareComputed(stored(outcome.output), expected.run), testing::IsEmpty())
                << name;
            ++counts[name + "paused, resumed to the same"];
        } else { // it was faster than the stop
            EXPECT_EQ(run.state, RunState::done) << name << ended.errors;
            EXPECT_EQ(ended.code, 0) << name << ended.errors;
            EXPECT_THAT(compareComputed(run, expected.run), testing::IsEmpty()) << name;
            ++counts[name + "done before"];
        }
    }
};

TEST_F(Stops, AtAnyMomentAreACancelOrAPauseThatGoesOnToTheSameResult)
{
    Random random(31);
    const int count = tests::rounds(200);
    for (int i = 0; i < count && !HasFailure(); ++i) {
        const int turn = 7 * i % 24; // experiments, signals and threads, evenly for any count
        stopOnce(computations()[static_cast<std::size_t>(turn % 4)],
                 kSignals[static_cast<std::size_t>(turn / 4 % 3)], 1 + turn / 12, random);
    }
    for (const auto& [name, times] : counts)
        fmt::print("{:3} {}\n", times, name);
}

// The real worker, with the libraries of every plugin loaded.
TEST_F(Stops, NoHandlerRunsOnAThreadOfAWorkerThatComputes)
{
    auto program = start(runOf(longSearch(), 2));
    const std::filesystem::path jobs = workspace.string() + ".d/jobs";
    std::filesystem::path job;
    ASSERT_TRUE(tests::waitUntil([&] {
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(jobs, error))
            if (std::filesystem::exists(entry.path() / "progress.json", error))
                job = entry.path();
        return !job.empty() || program.hasEnded();
    }));
    const auto worker = readPidFile(JobFolder{job}.pid());
    ASSERT_TRUE(worker);
    const std::filesystem::path process = fmt::format("/proc/{}", worker->pid);
    constexpr std::uint64_t kFaults = 1u << (SIGSEGV - 1) | 1u << (SIGBUS - 1) |
                                      1u << (SIGFPE - 1) | 1u << (SIGILL - 1) | 1u << (SIGABRT - 1);
    const auto caught = tests::statusField(process / "status", "SigCgt") & 0x7fffffff & ~kFaults;
    EXPECT_NE(caught, 0u);
    int takers = 0, others = 0;
    for (const auto& thread : std::filesystem::directory_iterator(process / "task")) {
        std::string name;
        std::ifstream comm(thread.path() / "comm");
        std::getline(comm, name);
        const auto open = caught & ~tests::statusField(thread.path() / "status", "SigBlk");
        if (name == "stop-signals")
            ++takers;
        else if (++others; open != 0)
            ADD_FAILURE() << name << " may be interrupted by signals " << std::hex << open;
    }
    EXPECT_EQ(takers, 1);
    EXPECT_GE(others, 2);
    ::kill(program.pid(), SIGTERM);
    EXPECT_EQ(program.wait().code, 130);
}

// A checkpoint that is cut while a worker multiplies by its weights.
TEST_F(Stops, ACheckpointThatBecomesShorterIsNamed)
{
    const auto model = folder.path / "lm";
    std::filesystem::copy(findModel("vitrine-lm").value(), model,
                          std::filesystem::copy_options::recursive);
    const auto weights = model / "model.safetensors";
    Computation computation = longSearch();
    computation.settings.push_back("model=" + model.string());
    auto program = start(runOf(computation, 2));
    const std::filesystem::path jobs = workspace.string() + ".d/jobs";
    ASSERT_TRUE(tests::waitUntil([&] {
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(jobs, error))
            if (std::filesystem::exists(entry.path() / "progress.json", error))
                return true;
        return program.hasEnded();
    }));

    std::filesystem::resize_file(weights, 200'000);
    const auto ended = program.wait();

    EXPECT_TRUE(ended.code == 1 || ended.code == 3) << ended.code;
    EXPECT_THAT(ended.errors, HasSubstr(weights.string()));
    EXPECT_THAT(ended.errors, HasSubstr("became shorter"));
}

} // namespace
} // namespace vitrine
