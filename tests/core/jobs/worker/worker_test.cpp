#include "core/jobs/worker/worker.h"

#include "core/base/json.h"
#include "core/jobs/worker/job_folder.h"
#include "core/jobs/worker/left_over.h"
#include "core/jobs/worker/memory_limit.h"
#include "core/jobs/worker/new_job.h"
#include "core/jobs/worker/process.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_experiments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vitrine
{
namespace
{

using namespace std::chrono_literals;
using testing::HasSubstr;
using Given = std::map<std::string, std::string>;

[[maybe_unused]] const bool kMain = tests::workIfAsked();

const std::filesystem::path kWorkerProgram = std::filesystem::read_symlink("/proc/self/exe");

Job uncheckedJob(const std::string& experiment, const Given& given)
{
    Job job;
    job.experiment = experiment;
    job.given = given;
    return job;
}

struct Jobs : testing::Test {
    tests::TemporaryFolder folder;

    std::filesystem::path write(const std::string& experiment, const Given& given = {},
                                double timeLimit = 0, std::uint64_t memoryLimit = 0)
    {
        // Wrong parameters and unknown experiments come in jobs of others: makeJob writes none.
        const auto made = makeJob(tests::findTestExperiment(experiment), given);
        Job job = made ? *made : uncheckedJob(experiment, given);
        job.timeLimit = timeLimit;
        job.memoryLimit = memoryLimit;
        return writeJob(folder.path, job).value();
    }

    // Until the end, or until `enough` says so.
    static bool follow(Worker& worker, const std::function<bool(const WorkerEvent&)>& enough = {})
    {
        const auto until = std::chrono::steady_clock::now() + 60s;
        bool seen = false;
        while (std::chrono::steady_clock::now() < until) {
            const bool alive = worker.poll(
                [&](const WorkerEvent& event) { seen = seen || (enough && enough(event)); });
            if (!alive || seen)
                return seen || !enough;
            std::this_thread::sleep_for(2ms);
        }
        ADD_FAILURE() << "the worker did not end";
        return false;
    }

    static RunRecord finish(Worker& worker)
    {
        follow(worker);
        return worker.collect();
    }

    RunRecord runToEnd(const std::string& experiment, const Given& given = {})
    {
        auto worker = Worker::start(kWorkerProgram, write(experiment, given)).value();
        return finish(*worker);
    }
};

bool progressed(const WorkerEvent& event)
{
    return event.kind == WorkerEvent::Kind::progress && event.done > 0;
}

TEST_F(Jobs, AWorkerLeavesABundle)
{
    const auto run = runToEnd("test.echo", {{"text", "hello"}, {"factor", "2"}});

    EXPECT_EQ(run.state, RunState::done) << run.error;
    EXPECT_EQ(run.exitCode, 0);
    EXPECT_EQ(run.plugin, "test");
    ASSERT_NE(run.result.metric("length"), nullptr);
    EXPECT_EQ(run.result.metric("length")->value, 10);
    ASSERT_NE(run.result.artifact("echo.txt"), nullptr);
    EXPECT_EQ(run.result.artifact("echo.txt")->bytes, 5u);
    EXPECT_THAT(run.command, HasSubstr("vitrine run test.echo"));
    EXPECT_FALSE(run.cpu.empty());
}

TEST_F(Jobs, WrongParametersAndBadInputKeepTheirExitCode)
{
    EXPECT_EQ(runToEnd("test.echo", {{"factor", "11"}}).exitCode, 2);
    EXPECT_EQ(runToEnd("test.nothing").exitCode, 2);
    EXPECT_EQ(runToEnd("test.fail").exitCode, 1);
    const auto run = runToEnd("test.fail", {{"kind", "input"}});
    EXPECT_EQ(run.exitCode, 3);
    EXPECT_EQ(run.state, RunState::failed);
    EXPECT_EQ(run.error, "cannot read nothing.txt: it is not there");
}

TEST_F(Jobs, ACrashIsAFailedRunWithItsLastWords)
{
    for (const auto& [way, words] : std::map<std::string, std::string>{
             {"segv", "SIGSEGV"}, {"abort", "SIGABRT"}, {"exit", "exit code 7"}}) {
        const auto run = runToEnd("test.crash", {{"way", way}});
        EXPECT_EQ(run.state, RunState::failed);
        EXPECT_EQ(run.exitCode, 1);
        EXPECT_THAT(run.error, HasSubstr(words));
        EXPECT_THAT(run.error, HasSubstr("about to crash"));
        EXPECT_EQ(run.params.text("way"), way);
        EXPECT_EQ(run.params.integer("seed"), 42); // as resolved by the worker
    }
}

TEST_F(Jobs, AnExceptionIsAFailedRun)
{
    const auto run = runToEnd("test.crash", {{"way", "throw"}});

    EXPECT_EQ(run.state, RunState::failed);
    EXPECT_THAT(run.error, HasSubstr("a library lost its nerve"));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_F(Jobs, TheMemoryLimitIsAFailedRun)
{
    auto worker = Worker::start(kWorkerProgram, write("test.crash", {{"way", "memory"}}, 0,
                                                      std::uint64_t{256} << 20))
                      .value();
    const auto run = finish(*worker);

    EXPECT_EQ(run.state, RunState::failed);
    EXPECT_EQ(run.exitCode, 1);
    EXPECT_THAT(run.error, HasSubstr("the memory limit of 256.0 MiB was reached"));
}

TEST_F(Jobs, AnInputThatDoesNotFitTheMemoryLimitIsAFailedRunAndNoBadInput)
{
    auto worker = Worker::start(kWorkerProgram, write("test.crash", {{"way", "swallow"}}, 0,
                                                      std::uint64_t{256} << 20))
                      .value();
    const auto run = finish(*worker);

    EXPECT_EQ(run.state, RunState::failed);
    EXPECT_EQ(run.exitCode, 1);
    EXPECT_THAT(run.error, HasSubstr("memory limit"));
    EXPECT_THAT(run.error, HasSubstr("cannot read big.bin"));
}
#endif

TEST_F(Jobs, AMemoryLimitBelowTheProgramItselfIsToldInOneLine)
{
    auto worker = Worker::start(kWorkerProgram,
                                write("test.echo", {{"factor", "2"}}, 0, std::uint64_t{1} << 20))
                      .value();
    const auto run = finish(*worker);

    EXPECT_EQ(run.state, RunState::failed);
    EXPECT_EQ(run.exitCode, 1);
    EXPECT_THAT(run.error, HasSubstr("the memory limit of 1.0 MiB is too small"));
    EXPECT_THAT(run.error, HasSubstr("give at least"));
    EXPECT_EQ(run.params.real("factor"), 2);
}

TEST(MemoryLimitBytes, AreASizeOrAnError)
{
    EXPECT_EQ(memoryLimitBytes(0).value(), 0u);
    EXPECT_EQ(memoryLimitBytes(1.5).value(), 1536u << 10);
    EXPECT_EQ(memoryLimitBytes(1e-9).value(), 1u) << "a limit, and not none";
    for (const double wrong : {-1.0, 1e30, std::nan(""), HUGE_VAL})
        EXPECT_EQ(memoryLimitBytes(wrong).error().kind, ErrorKind::argument) << wrong;
}

// Whatever becomes of a run: its record has the parameters in their types, as does what is read
// back from its bundle.
void expectTyped(const RunRecord& run)
{
    const auto stored = parseBundleJson(parseJson(dumpJson(bundleJson(run)), "run.json").value());
    for (const Params& params : {run.params, stored.value().params}) {
        EXPECT_EQ(params.real("factor"), 2);
        EXPECT_EQ(params.text("text"), "7");
        EXPECT_EQ(params.integer("seed"), 7);
        EXPECT_EQ(params.integer("threads"), 0);
    }
    EXPECT_EQ(run.plugin, "test");
    EXPECT_THAT(run.command, HasSubstr("vitrine run test.echo"));
}

const Given kTyped = {{"factor", "2"}, {"text", "7"}, {"seed", "7"}};

TEST_F(Jobs, AWorkerThatDiesBeforeItReadsItsJobLeavesTypedParameters)
{
    for (const char* program : {"/bin/true", "/bin/false"}) {
        auto worker = Worker::start(program, write("test.echo", kTyped)).value();
        const auto run = finish(*worker);
        EXPECT_EQ(run.state, RunState::failed);
        expectTyped(run);
    }
}

// A program that comes to no job.
std::filesystem::path script(const std::filesystem::path& folder, const std::string& line)
{
    const auto path = folder / "script";
    std::ofstream(path) << "#!/bin/sh\n" << line << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
}

TEST_F(Jobs, AKillBeforeTheBeginningLeavesTypedParameters)
{
    for (const char* name :
         {"KILL", "SEGV"}) { // those that ask for a stop wait until the worker takes them
        const auto program = script(folder.path, fmt::format("kill -{} $$", name));
        auto worker = Worker::start(program, write("test.echo", kTyped)).value();
        const auto run = finish(*worker);
        EXPECT_EQ(run.state, RunState::failed);
        EXPECT_THAT(run.error, HasSubstr(name));
        expectTyped(run);
    }
}

TEST_F(Jobs, ACancelBeforeTheBeginningIsACancelledRunWithTypedParameters)
{
    const auto program = script(folder.path, "exec sleep 60");
    auto worker = Worker::start(program, write("test.echo", kTyped)).value();

    worker->cancel();
    const auto run = finish(*worker);

    EXPECT_EQ(run.state, RunState::cancelled);
    EXPECT_EQ(run.exitCode, 130);
    expectTyped(run);
}

TEST_F(Jobs, AJobThatWasNeverStartedLeavesTypedParameters)
{
    const auto path = write("test.echo", kTyped);

    const auto run = collectLeftOver(JobFolder{path}, readJob(path).value(), {});

    EXPECT_EQ(run.state, RunState::failed);
    expectTyped(run);
}

TEST_F(Jobs, AnExperimentThatTheWorkerDoesNotKnowLeavesTypedParameters)
{
    const auto path = write("test.echo", kTyped);
    Job job = readJob(path).value();
    job.experiment = "test.gone"; // its plugin was there when the job was written
    job.uid = std::string(32, 'd');
    auto worker = Worker::start(kWorkerProgram, writeJob(folder.path, job).value()).value();

    auto run = finish(*worker);

    EXPECT_EQ(run.state, RunState::failed);
    EXPECT_EQ(run.exitCode, 2);
    EXPECT_THAT(run.command, HasSubstr("vitrine run test.gone"));
    run.command = "vitrine run test.echo";
    expectTyped(run);
}

TEST_F(Jobs, ParametersThatTheWorkerRefusesStayTyped)
{
    const auto path = write("test.echo", kTyped);
    Job job = readJob(path).value();
    job.given["factor"] = "99"; // a newer plugin allows less
    job.uid = std::string(32, 'e');
    auto worker = Worker::start(kWorkerProgram, writeJob(folder.path, job).value()).value();

    const auto run = finish(*worker);

    EXPECT_EQ(run.exitCode, 2);
    expectTyped(run);
}

TEST_F(Jobs, AJobWithoutTypesLeavesNoParametersRatherThanTexts)
{
    const auto path = writeJob(folder.path, uncheckedJob("test.gone", kTyped)).value();

    const auto run = collectLeftOver(JobFolder{path}, readJob(path).value(), {});

    EXPECT_TRUE(run.params.all().empty());
    EXPECT_THAT(run.command, HasSubstr("--set factor=2")); // they are not lost
}

TEST_F(Jobs, AKilledWorkerIsAFailedRun)
{
    auto worker = Worker::start(kWorkerProgram, write("test.slow", {{"steps", "100000"}})).value();
    ASSERT_TRUE(follow(*worker, progressed));

    ::kill(readPidFile(JobFolder{worker->folder()}.pid())->pid, SIGKILL);
    const auto run = finish(*worker);

    EXPECT_EQ(run.state, RunState::failed);
    EXPECT_THAT(run.error, HasSubstr("SIGKILL"));
}

TEST_F(Jobs, CancelEndsARun)
{
    auto worker = Worker::start(kWorkerProgram, write("test.slow", {{"steps", "100000"}})).value();
    ASSERT_TRUE(follow(*worker, progressed));

    worker->cancel();
    const auto run = finish(*worker);

    EXPECT_EQ(run.state, RunState::cancelled);
    EXPECT_EQ(run.exitCode, 130);
}

TEST_F(Jobs, AWorkerThatDoesNotListenIsKilled)
{
    auto worker =
        Worker::start(kWorkerProgram, write("test.slow", {{"steps", "100000"}, {"deaf", "on"}}))
            .value();
    ASSERT_TRUE(follow(*worker, progressed));

    worker->cancel();
    const auto run = finish(*worker);

    EXPECT_EQ(run.state, RunState::cancelled);
    EXPECT_EQ(run.exitCode, 130);
}

TEST_F(Jobs, TheTimeLimitIsAFailedRun)
{
    auto worker =
        Worker::start(kWorkerProgram, write("test.slow", {{"steps", "100000"}}, 0.3)).value();
    const auto run = finish(*worker);

    EXPECT_EQ(run.state, RunState::failed);
    EXPECT_EQ(run.exitCode, 1);
    EXPECT_THAT(run.error, HasSubstr("time limit"));
}

TEST_F(Jobs, APausedRunGoesOnWhereItWas)
{
    const auto job = write("test.slow", {{"steps", "60"}});
    auto worker = Worker::start(kWorkerProgram, job).value();
    ASSERT_TRUE(follow(*worker, [](const WorkerEvent& event) {
        return event.kind == WorkerEvent::Kind::progress && event.done >= 5;
    }));
    worker->pause();
    const auto paused = finish(*worker);
    EXPECT_EQ(paused.state, RunState::paused);
    EXPECT_EQ(paused.exitCode, 0);

    worker = Worker::start(kWorkerProgram, job).value();
    const auto run = finish(*worker);

    EXPECT_EQ(run.state, RunState::done) << run.error;
    EXPECT_EQ(run.uid, paused.uid);
    EXPECT_EQ(run.result.metric("steps")->value, 60);
    EXPECT_GE(run.result.metric("resumed_at")->value, 5);
    EXPECT_EQ(run.result.metric("kept_step")->value, run.result.metric("resumed_at")->value);
}

TEST_F(Jobs, AnotherProcessAttachesToARunningWorker)
{
    const auto job = write("test.slow", {{"steps", "100"}});
    auto starter = Worker::start(kWorkerProgram, job).value();
    ASSERT_TRUE(follow(*starter, progressed));

    auto worker = Worker::attach(job).value();
    EXPECT_EQ(worker->fileDescriptor(), -1);
    EXPECT_TRUE(follow(*worker, progressed));
    EXPECT_FALSE(Worker::start(kWorkerProgram, job).has_value()); // one worker at a time
    std::jthread reaper([&] { follow(*starter); });
    const auto run = finish(*worker);
    reaper.join();

    EXPECT_EQ(run.state, RunState::done) << run.error;
    EXPECT_FALSE(Worker::attach(job).has_value());
}

TEST_F(Jobs, AWorkerOutlivesTheReaderOfItsOutput)
{
    const auto job = write("test.slow", {{"steps", "40"}});
    pid_t pid = 0;
    {
        auto starter = Worker::start(kWorkerProgram, job).value();
        ASSERT_TRUE(follow(*starter, progressed));
        pid = readPidFile(JobFolder{job}.pid())->pid;
    } // the pipe's end is closed, as when a window is killed
    auto worker = Worker::attach(job).value();
    std::jthread reaper([&] { ::waitpid(pid, nullptr, 0); });
    const auto run = finish(*worker);
    reaper.join();

    EXPECT_EQ(run.state, RunState::done) << run.error;
}

// A file of several pages that an experiment reads over and over.
struct ChangingFile : Jobs {
    std::filesystem::path file = folder.path / "model.bin";
    std::unique_ptr<Worker> worker;

    ChangingFile()
    {
        std::ofstream(file) << std::string(10'000, '\1');
        worker =
            Worker::start(kWorkerProgram, write("test.read", {{"path", file.string()}})).value();
        EXPECT_TRUE(follow(*worker, progressed));
    }
};

TEST_F(ChangingFile, AWorkerThatReadsAFileThatBecomesShorterNamesItInItsLastWords)
{
    std::filesystem::resize_file(file, 100);
    const auto run = finish(*worker);

    EXPECT_EQ(run.state, RunState::failed);
    EXPECT_THAT(run.error, HasSubstr("cannot go on: " + file.string() + " became shorter"));
}

// The rest of the page reads as zeros and raises no signal: neither a result nor a state to go on
// from may come of it.
TEST_F(ChangingFile, ThatLosesAPartOfAPageIsAFailedRunAlsoWherePaused)
{
    std::filesystem::resize_file(file, 9000);
    worker->pause();
    const auto run = finish(*worker);

    EXPECT_EQ(run.state, RunState::failed);
    EXPECT_EQ(run.exitCode, 3);
    EXPECT_THAT(run.error, HasSubstr(file.string() + ": it became shorter"));
    EXPECT_FALSE(JobFolder{worker->folder()}.canGoOn());
}

TEST_F(Jobs, AFinishedRunThatReadAChangedFileHasNoResult)
{
    const auto file = folder.path / "model.bin";
    std::ofstream(file) << std::string(10'000, '\1');
    auto worker = Worker::start(kWorkerProgram,
                                write("test.read", {{"path", file.string()}, {"passes", "300"}}))
                      .value();
    ASSERT_TRUE(follow(*worker, progressed));

    std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() + 5s);
    const auto run = finish(*worker);

    EXPECT_EQ(run.state, RunState::failed);
    EXPECT_EQ(run.exitCode, 3);
    EXPECT_THAT(run.error, HasSubstr("model.bin: it was written to"));
    EXPECT_TRUE(run.result.metrics.empty());
}

// Opening a FIFO would wait for ever for its other end; a link may lead to any file of the user.
TEST_F(Jobs, FilesOfAJobThatAreNoRegularFilesAreRefused)
{
    for (const char* name : {"log", "lock"}) {
        const auto fifo = write("test.echo"), link = write("test.echo");
        ASSERT_EQ(::mkfifo((fifo / name).c_str(), 0600), 0);
        std::ofstream(folder.path / "precious") << "mine";
        std::filesystem::create_symlink(folder.path / "precious", link / name);
        for (const auto& job : {fifo, link}) {
            auto worker = Worker::start(kWorkerProgram, job);
            const std::string problem = worker ? finish(**worker).error : worker.error().message;
            EXPECT_THAT(problem, HasSubstr((job / name).string() + ": it is not a regular file"));
        }
        EXPECT_EQ(std::filesystem::file_size(folder.path / "precious"), 4u);
    }
}

TEST_F(Jobs, AFifoAsProgressFileHindersNobody)
{
    const auto job = write("test.slow", {{"steps", "5"}});
    ASSERT_EQ(::mkfifo((job / "progress.part").c_str(), 0600), 0);

    auto worker = Worker::start(kWorkerProgram, job).value();

    EXPECT_EQ(finish(*worker).state, RunState::done);
}

TEST(ProcessName, AReusedNumberIsNotMistaken)
{
    auto self = processName(::getpid());
    ASSERT_TRUE(self.has_value());
    EXPECT_TRUE(isAlive(*self));

    self->startTicks += 1;
    EXPECT_FALSE(isAlive(*self));
    EXPECT_FALSE(isAlive(ProcessName{}));
}

} // namespace
} // namespace vitrine
