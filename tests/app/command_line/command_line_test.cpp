// The program as scripts see it: exit codes, the one JSON object, the error stream.
#include "app/command_line/command_line.h"

#include "core/base/json.h"
#include "core/jobs/worker/job_folder.h"
#include "core/jobs/worker/process.h"
#include "core/store/store.h"
#include "tests/support/raw_database.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace vitrine
{
namespace
{

using namespace std::chrono_literals;
using testing::HasSubstr;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

struct Outcome {
    int code = -1; // 128 + signal where killed
    std::string output, errors;

    Json json() const { return parseJson(output, "the output").value(); }
};

struct CommandLine : testing::Test {
    tests::TemporaryFolder folder;
    fs::path workspace = folder.path / "test.vitrine";

    CommandLine()
    {
        ::setenv("VITRINE_PLUGIN_PATH", VITRINE_TEST_PLUGINS, 1);
        ::setenv("VITRINE_WORKSPACE", workspace.c_str(), 1);
    }

    pid_t start(const Words& words) const
    {
        Words all = {VITRINE_PROGRAM};
        all.insert(all.end(), words.begin(), words.end());
        std::vector<char*> argv;
        for (auto& word : all)
            argv.push_back(word.data());
        argv.push_back(nullptr);
        posix_spawn_file_actions_t files;
        posix_spawn_file_actions_init(&files);
        const auto out = (folder.path / "out").string(), err = (folder.path / "err").string();
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&files, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                         0600);
        posix_spawn_file_actions_addopen(&files, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                         0600);
        pid_t pid = -1;
        EXPECT_EQ(::posix_spawn(&pid, VITRINE_PROGRAM, &files, nullptr, argv.data(), environ), 0);
        posix_spawn_file_actions_destroy(&files);
        return pid;
    }

    Outcome wait(pid_t pid) const
    {
        int status = 0;
        ::waitpid(pid, &status, 0);
        const auto text = [&](const char* name) {
            std::ifstream file(folder.path / name);
            return std::string{std::istreambuf_iterator<char>(file), {}};
        };
        return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text("out"),
                text("err")};
    }

    Outcome vitrine(const Words& words) const { return wait(start(words)); }

    // The job folder of the run under way, once it has progressed.
    fs::path waitForProgress() const
    {
        const fs::path jobs = workspace.string() + ".d/jobs";
        const auto until = std::chrono::steady_clock::now() + 60s;
        while (std::chrono::steady_clock::now() < until) {
            std::error_code error;
            for (const auto& job : fs::directory_iterator(jobs, error))
                if (fs::exists(job.path() / "progress.json", error))
                    return job.path();
            std::this_thread::sleep_for(10ms);
        }
        ADD_FAILURE() << "no run began";
        return {};
    }
};

int lines(const std::string& text)
{
    return static_cast<int>(std::ranges::count(text, '\n'));
}

TEST(IsForCommandLine, VerbsAndOptionsAreAWorkspaceIsNot)
{
    EXPECT_TRUE(isForCommandLine({"run"}));
    EXPECT_TRUE(isForCommandLine({"--version"}));
    EXPECT_TRUE(isForCommandLine({"lisst"})); // a slip is an error, not a new workspace
    EXPECT_FALSE(isForCommandLine({}));
    EXPECT_FALSE(isForCommandLine({"my.vitrine"}));
    EXPECT_FALSE(isForCommandLine({"-platform", "offscreen"}));
}

TEST_F(CommandLine, ARunPrintsOneObjectAndIsKept)
{
    const auto outcome =
        vitrine({"run", "test.echo", "--set", "text=a,b [c]", "--set", "factor=2", "--json"});

    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    EXPECT_EQ(lines(outcome.output), 1);
    const Json run = outcome.json();
    EXPECT_EQ(run["format"], 1);
    EXPECT_EQ(run["run"], 1);
    EXPECT_EQ(run["status"], "done");
    EXPECT_EQ(run["metrics"]["length"], 14.0);
    EXPECT_EQ(run["measured"], Json::array({"clock"}));
    EXPECT_EQ(run["units"]["clock"], "s");
    EXPECT_EQ(run["tables"]["letters"]["columns"], Json::array({"position", "letter"}));
    EXPECT_EQ(run["tables"]["letters"]["rows"][1], Json::array({1, ","}));
    std::ifstream artifact(run["artifacts"][0]["path"].get<std::string>());
    EXPECT_EQ((std::string{std::istreambuf_iterator<char>(artifact), {}}), "a,b [c]");
    const auto shown = vitrine({"runs", "show", "1", "--json"});
    EXPECT_EQ(shown.output, outcome.output);
}

TEST_F(CommandLine, WrongArgumentsAnswerTwoAndPrintNothing)
{
    const std::vector<Words> wrong = {{"run"},
                                      {"run", "test.nothing"},
                                      {"run", "test.echo", "--set", "factor=11"},
                                      {"run", "test.echo", "--set", "colour=red"},
                                      {"run", "test.echo", "--set", "text"},
                                      {"run", "test.echo", "--set", "text=a", "--set", "text=b"},
                                      {"run", "test.echo", "--nonsense"},
                                      {"runs"},
                                      {"runs", "show"},
                                      {"runs", "show", "7"},
                                      {"runs", "list", "--state", "asleep"},
                                      {"list", "test.echo", "--set", "factor=no"},
                                      {"work"},
                                      {"sweep"},
                                      {"sweep", "x.json", "--executor", "slurm"},
                                      {"sweep", "x.json", "--jobs", "0"},
                                      {"dance"},
                                      {"--dance"}};
    for (const auto& words : wrong) {
        const auto outcome = vitrine(words);
        const auto name = testing::PrintToString(words);
        EXPECT_EQ(outcome.code, 2) << name;
        EXPECT_EQ(outcome.output, "") << name;
        EXPECT_EQ(lines(outcome.errors), 1) << name << outcome.errors;
    }
    EXPECT_EQ(Store::open(workspace)->count({}).value(), 0);
}

TEST_F(CommandLine, AFailedRunIsPrintedKeptAndHasItsExitCode)
{
    for (const auto& [kind, code] : std::map<std::string, int>{{"failed", 1}, {"input", 3}}) {
        const auto outcome = vitrine({"run", "test.fail", "--set", "kind=" + kind, "--json"});
        EXPECT_EQ(outcome.code, code);
        EXPECT_EQ(outcome.json()["status"], "failed");
        EXPECT_EQ(outcome.json()["exit_code"], code);
        EXPECT_FALSE(outcome.json()["error"].get<std::string>().empty());
    }
    const auto crashed = vitrine({"run", "test.crash", "--json"});
    EXPECT_EQ(crashed.code, 1);
    EXPECT_THAT(crashed.json()["error"].get<std::string>(), HasSubstr("SIGSEGV"));
    RunQuery failed;
    failed.state = RunState::failed;
    EXPECT_EQ(Store::open(workspace)->count(failed).value(), 3);
}

TEST_F(CommandLine, InterruptIsACancel)
{
    const pid_t pid = start({"run", "test.slow", "--set", "steps=100000", "--json"});
    waitForProgress();

    ::kill(pid, SIGINT);
    const auto outcome = wait(pid);

    EXPECT_EQ(outcome.code, 130);
    EXPECT_EQ(outcome.json()["status"], "cancelled");
}

TEST_F(CommandLine, APausedRunIsResumed)
{
    const pid_t pid = start({"run", "test.slow", "--set", "steps=60", "--json"});
    waitForProgress();
    ::kill(pid, SIGUSR1);
    const auto paused = wait(pid);
    EXPECT_EQ(paused.code, 0) << paused.errors;
    EXPECT_EQ(paused.json()["status"], "paused");

    const auto resumed = vitrine({"runs", "resume", "1", "--json"});

    EXPECT_EQ(resumed.code, 0) << resumed.errors;
    EXPECT_EQ(resumed.json()["status"], "done");
    EXPECT_EQ(resumed.json()["run"], 1);
    EXPECT_EQ(resumed.json()["metrics"]["steps"], 60.0);
    EXPECT_EQ(vitrine({"runs", "resume", "1"}).code, 2);
}

// The clock has gone back since the run was paused: what resumes it is later all the same.
TEST_F(CommandLine, APausedRunIsResumedWhateverTheClockSays)
{
    const pid_t pid = start({"run", "test.slow", "--set", "steps=60", "--json"});
    waitForProgress();
    ::kill(pid, SIGUSR1);
    ASSERT_EQ(wait(pid).json()["status"], "paused");
    tests::tamper(workspace, "UPDATE runs SET started = '2099-01-01T00:00:00.000Z'");

    EXPECT_EQ(vitrine({"runs", "resume", "1"}).code, 0);

    EXPECT_EQ(vitrine({"runs", "show", "1", "--json"}).json()["status"], "done");
    EXPECT_TRUE(fs::is_empty(workspace.string() + ".d/jobs"));
}

TEST_F(CommandLine, TagsGivenAtOnceAreAllKept)
{
    ASSERT_EQ(vitrine({"run", "test.echo"}).code, 0);
    std::vector<pid_t> tagging;
    for (int i = 0; i < 16; ++i)
        tagging.push_back(start({"runs", "tag", "1", fmt::format("tag{}", i)}));
    for (const pid_t pid : tagging)
        EXPECT_EQ(wait(pid).code, 0);

    EXPECT_EQ(vitrine({"runs", "show", "1", "--json"}).json()["tags"].size(), 16u);
}

// A workspace of somebody else, in which a uid and a hash are paths.
TEST_F(CommandLine, RemovingRunsTouchesNothingElse)
{
    ASSERT_EQ(vitrine({"run", "test.echo"}).code, 0);
    ASSERT_EQ(vitrine({"run", "test.echo"}).code, 0);
    const auto victim = folder.path / "victim";
    fs::create_directories(victim / "sub");
    std::ofstream(victim / "file") << "precious";
    tests::tamper(workspace, fmt::format("UPDATE runs SET uid = '{0}' WHERE number = 1;"
                                         "UPDATE artifacts SET sha256 = '{0}/file' WHERE run = 2",
                                         victim.string()));

    const auto shown = vitrine({"runs", "show", "1"});
    EXPECT_EQ(shown.code, 3);
    EXPECT_THAT(shown.errors, HasSubstr("run 1 of the workspace"));
    EXPECT_EQ(lines(shown.errors), 1);
    EXPECT_EQ(vitrine({"runs", "list", "--json"}).json()["count"], 2);
    EXPECT_EQ(vitrine({"runs", "verify", "2"}).code, 1);
    EXPECT_EQ(vitrine({"runs", "remove", "1", "2"}).code, 0);
    EXPECT_TRUE(fs::exists(victim / "sub") && fs::exists(victim / "file"));
    EXPECT_EQ(vitrine({"runs", "list", "--json"}).json()["count"], 0);
}

TEST_F(CommandLine, AKilledCommandLeavesItsWorkersRunToBeImported)
{
    const pid_t pid = start({"run", "test.slow", "--set", "steps=50"});
    const auto job = waitForProgress();
    ::kill(pid, SIGKILL);
    wait(pid);

    const auto during = vitrine({"runs", "list", "--json"});
    EXPECT_EQ(during.json()["count"], 0) << "the worker is still at work";
    while (JobFolder{job}.isAlive())
        std::this_thread::sleep_for(10ms);
    const auto after = vitrine({"runs", "list", "--json"});

    EXPECT_EQ(after.json()["count"], 1);
    EXPECT_EQ(after.json()["runs"][0]["status"], "done");
    EXPECT_EQ(vitrine({"runs", "list", "--json"}).json()["count"], 1);
}

TEST_F(CommandLine, AKilledWorkerIsAFailedRun)
{
    const pid_t pid = start({"run", "test.slow", "--set", "steps=100000", "--json"});
    const auto job = waitForProgress();

    ::kill(readPidFile(JobFolder{job}.pid())->pid, SIGKILL);
    const auto outcome = wait(pid);

    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.json()["error"].get<std::string>(), HasSubstr("SIGKILL"));
}

TEST_F(CommandLine, RunsAreRepeatedTaggedVerifiedExportedAndRemoved)
{
    ASSERT_EQ(vitrine({"run", "test.echo", "--set", "text=again"}).code, 0);

    const auto repeated = vitrine({"runs", "rerun", "1", "--json"});
    EXPECT_EQ(repeated.code, 0) << repeated.errors;
    EXPECT_EQ(repeated.json()["run"], 2);
    EXPECT_EQ(repeated.json()["differences"], Json::array());
    EXPECT_EQ(repeated.json()["parent"], vitrine({"runs", "show", "1", "--json"}).json()["uid"]);

    EXPECT_EQ(vitrine({"runs", "tag", "1", "good", "paper"}).code, 0);
    EXPECT_EQ(vitrine({"runs", "tag", "1", "paper", "--remove"}).code, 0);
    EXPECT_EQ(vitrine({"runs", "note", "1", "my", "words"}).code, 0);
    const auto found =
        vitrine({"runs", "list", "words", "--tag", "good", "--metrics", "length", "--json"});
    EXPECT_EQ(found.json()["count"], 1);
    EXPECT_EQ(found.json()["runs"][0]["metrics"]["length"], 7.5);

    EXPECT_EQ(vitrine({"runs", "export", "1", "--to", (folder.path / "plain").string()}).code, 0);
    EXPECT_TRUE(fs::exists(folder.path / "plain/letters.csv"));
    EXPECT_EQ(vitrine({"runs", "verify", "1", "2"}).code, 0);
    std::ofstream(
        vitrine({"runs", "show", "1", "--json"}).json()["artifacts"][0]["path"].get<std::string>())
        << "other";
    const auto verified = vitrine({"runs", "verify", "1", "--json"});
    EXPECT_EQ(verified.code, 1);
    EXPECT_EQ(verified.json()["runs"][0]["intact"], false);

    EXPECT_EQ(vitrine({"runs", "remove", "1"}).code, 0);
    EXPECT_EQ(vitrine({"runs", "list", "--json"}).json()["count"], 1);
}

struct CommandLineSweep : CommandLine {
    std::string study(const std::string& experiment, const std::string& vary) const
    {
        const auto path = folder.path / "study.json";
        std::ofstream(path) << R"({"format":1,"name":"my study","experiment":")" << experiment
                            << R"(","vary":)" << vary << "}";
        return path.string();
    }
};

TEST_F(CommandLineSweep, RunsEveryCombinationOnceAndKeepsItTagged)
{
    const auto file = study("test.echo", R"({"text":["a","bc"],"factor":[1,2]})");

    const auto outcome = vitrine({"sweep", file, "--jobs", "2", "--json"});

    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    const Json json = outcome.json();
    EXPECT_EQ(json["points"], 4);
    EXPECT_EQ(json["kept"], 0);
    EXPECT_EQ(json["runs"][3]["set"], (Json{{"factor", "2"}, {"text", "bc"}}));
    EXPECT_EQ(json["runs"][3]["metrics"]["length"], 4.0);
    EXPECT_EQ(vitrine({"runs", "list", "--tag", "my study", "--json"}).json()["count"], 4);
}

TEST_F(CommandLineSweep, AgainRunsOnlyWhatIsMissing)
{
    ASSERT_EQ(vitrine({"sweep", study("test.echo", R"({"factor":[1,2]})")}).code, 0);

    const auto outcome = vitrine({"sweep", study("test.echo", R"({"factor":[1,2,3]})"), "--json"});

    EXPECT_EQ(outcome.json()["kept"], 2);
    EXPECT_EQ(vitrine({"runs", "list", "--json"}).json()["count"], 3);
}

// As a kill between making the folder of a job and writing the job has left it.
TEST_F(CommandLineSweep, GoesOnWhereAKilledOneLeftHalfAJob)
{
    const auto file = study("test.echo", R"({"factor":[1,2]})");
    ASSERT_EQ(vitrine({"sweep", file}).code, 0);
    const auto uid = vitrine({"runs", "show", "1", "--json"}).json()["uid"].get<std::string>();
    ASSERT_EQ(vitrine({"runs", "remove", "1"}).code, 0);
    fs::create_directories(workspace.string() + ".d/jobs/" + uid + "/state");

    const auto again = vitrine({"sweep", file, "--json"});

    EXPECT_EQ(again.code, 0) << again.errors;
    EXPECT_EQ(again.json()["kept"], 1);
    EXPECT_TRUE(fs::is_empty(workspace.string() + ".d/jobs"));
}

TEST_F(CommandLineSweep, APointThatFailedIsTriedAgain)
{
    const auto file = study("test.fail", R"({"kind":["failed"]})");
    EXPECT_EQ(vitrine({"sweep", file}).code, 1);
    EXPECT_EQ(vitrine({"sweep", file}).code, 1);
    EXPECT_EQ(vitrine({"runs", "list", "--json"}).json()["count"], 1);
}

TEST_F(CommandLineSweep, AFailureStopsUnlessToldToKeepGoing)
{
    const auto file = study("test.fail", R"({"kind":["failed","input"]})");

    const auto stopped = vitrine({"sweep", file, "--json"});
    EXPECT_EQ(stopped.code, 1);
    EXPECT_EQ(stopped.json()["runs"][0]["status"], "failed");
    EXPECT_EQ(stopped.json()["runs"][1]["status"], "not run");

    const auto wentOn = vitrine({"sweep", file, "--keep-going", "--json"});
    EXPECT_EQ(wentOn.code, 1);
    EXPECT_EQ(wentOn.json()["failed"], 2);
    EXPECT_EQ(wentOn.json()["runs"][1]["status"], "failed");
}

TEST_F(CommandLineSweep, AWrongValueIsFoundBeforeAnythingRuns)
{
    const auto outcome = vitrine({"sweep", study("test.echo", R"({"factor":[1,11]})")});

    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.output, "");
    EXPECT_EQ(vitrine({"runs", "list", "--json"}).json()["count"], 0);
}

TEST_F(CommandLineSweep, IsOfTheExperimentThatAnswersWhatIsGiven)
{
    const auto outcome = vitrine({"sweep", study("test.echo", R"({"steps":[1,2]})"), "--json"});

    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    EXPECT_EQ(outcome.json()["experiment"], "test.slow");
    EXPECT_EQ(outcome.json()["runs"][1]["metrics"]["steps"], 2.0);
}

TEST_F(CommandLineSweep, ThatTwoExperimentsWouldAnswerIsRefusedByTheirNames)
{
    const auto outcome = vitrine({"sweep", study("test.echo", R"({"text":["a","slow"]})")});

    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.errors, HasSubstr("test.echo, others by test.slow"));
    EXPECT_EQ(vitrine({"runs", "list", "--json"}).json()["count"], 0);
}

TEST_F(CommandLineSweep, AMalformedStudyIsUnreadableInput)
{
    std::ofstream(folder.path / "study.json") << "{";

    const auto outcome = vitrine({"sweep", (folder.path / "study.json").string()});

    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(lines(outcome.errors), 1);
}

TEST_F(CommandLineSweep, InterruptCancelsWhatIsUnderWay)
{
    const pid_t pid =
        start({"sweep", study("test.slow", R"({"steps":[100000,100001]})"), "--json"});
    waitForProgress();

    ::kill(pid, SIGINT);
    const auto outcome = wait(pid);

    EXPECT_EQ(outcome.code, 130);
    EXPECT_EQ(outcome.json()["runs"][0]["status"], "cancelled");
    EXPECT_EQ(outcome.json()["runs"][1]["status"], "not run");
}

TEST_F(CommandLine, ListDescribesExperimentsAndNamesPluginsThatDoNotLoad)
{
    std::ofstream(folder.path / "broken.so") << "not a library";
    ::setenv("VITRINE_PLUGIN_PATH",
             (std::string(VITRINE_TEST_PLUGINS) + ":" + folder.path.string()).c_str(), 1);

    const auto all = vitrine({"list", "--json"});
    ASSERT_EQ(all.code, 0);
    const Json json = all.json();
    EXPECT_TRUE(std::ranges::any_of(json["plugins"],
                                    [](const Json& plugin) { return plugin["id"] == "test"; }));
    EXPECT_THAT(json["problems"].dump(), HasSubstr("broken.so"));

    const auto one = vitrine({"list", "test.echo", "--json"}).json();
    const Json& factor = one["experiment"]["parameters"][1];
    EXPECT_EQ(factor["name"], "factor");
    EXPECT_EQ(factor["type"], "real");
    EXPECT_EQ(factor["maximum"], 10.0);
    EXPECT_EQ(factor["default"], 1.5);

    const auto other = vitrine({"list", "test.echo", "--set", "steps=3", "--json"}).json();
    EXPECT_EQ(other["experiment"]["id"], "test.slow");
}

TEST_F(CommandLine, HelpAndVersionGoToTheOutput)
{
    for (const char* word : {"--help", "--version"}) {
        const auto outcome = vitrine({word});
        EXPECT_EQ(outcome.code, 0);
        EXPECT_THAT(outcome.output, HasSubstr("vitrine"));
        EXPECT_EQ(outcome.errors, "");
    }
}

TEST_F(CommandLine, AWorkspaceThatIsNoneIsUnreadableInput)
{
    std::ofstream(workspace) << std::string(4096, 'x');
    const auto outcome = vitrine({"runs", "list"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.output, "");
    EXPECT_EQ(lines(outcome.errors), 1);
}

} // namespace
} // namespace vitrine
