#include "plugins/calibration/experiments/search_experiment.h"

#include "core/attention/head_list.h"
#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/base/random.h"
#include "core/jobs/worker/job_folder.h"
#include "core/jobs/worker/process.h"
#include "core/jobs/worker/work.h"
#include "core/jobs/worker/worker.h"
#include "tests/support/rounds.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <thread>

namespace vitrine::calibration_plugin
{
namespace
{

using namespace std::chrono_literals;
using testing::HasSubstr;
using Given = std::map<std::string, std::string>;

// This program is its own worker, as in tests of core/jobs: started as `PROGRAM work JOB` it never
// reaches main.
bool workIfAsked()
{
    std::ifstream file("/proc/self/cmdline");
    std::vector<std::string> words;
    for (std::string word; std::getline(file, word, '\0');)
        words.push_back(word);
    if (words.size() >= 3 && words[1] == "work") {
        static const SearchExperiment search;
        std::exit(workMain(words[2], {}, [](std::string_view) {
            return FoundExperiment{&search, "calibration", {}};
        }));
    }
    return true;
}
[[maybe_unused]] const bool kMain = workIfAsked();

const std::filesystem::path kProgram = std::filesystem::read_symlink("/proc/self/exe");
const Given kSmall = {{"pool", "40"}, {"controls", "3"}, {"beta", "0"}, {"tau", "0.05"}};

Result<RunResult> run(const Given& given, Progress& progress)
{
    const SearchExperiment experiment;
    VITRINE_TRY(const Params params, resolveParams(experiment, given));
    return experiment.run(params, progress);
}

// Computed metrics as texts: NaN, which some of them are where no head is kept, equals itself.
std::map<std::string, std::string> computedTexts(const RunResult& result)
{
    std::map<std::string, std::string> texts;
    for (const Metric& metric : result.metrics)
        if (metric.origin == Origin::computed)
            texts[metric.name] = shortest(metric.value);
    return texts;
}

struct Search : testing::Test {
    tests::TemporaryFolder folder;
};

TEST_F(Search, FindsHeadsAndWritesThemAsAFile)
{
    QuietProgress progress(folder.path);

    const auto result = run(kSmall, progress);

    ASSERT_TRUE(result) << result.error().message;
    const Table* heads = result->table("heads");
    ASSERT_NE(heads, nullptr);
    EXPECT_EQ(heads->rows.size(), 15u); // layers 2 to 4 of six, five heads each
    double kept = 0;
    for (const auto& row : heads->rows)
        kept += static_cast<double>(
            std::get<std::int64_t>(row[static_cast<std::size_t>(heads->column("kept"))]));
    EXPECT_EQ(result->metric("heads_kept")->value, kept);
    EXPECT_EQ(result->metric("items_searched")->value + result->metric("items_held_out")->value,
              40);
    EXPECT_EQ(result->table("pool")->rows.size(), 40u);

    const auto text = readFile(result->artifact("heads.json")->path, 1 << 20);
    const auto json = parseJson(*text, "heads.json");
    ASSERT_TRUE(json) << json.error().message;
    EXPECT_EQ((*json)["model"], "vitrine-lm");
    EXPECT_EQ((*json)["pool"]["items"].size(), 40u);
    double listed = 0;
    for (const auto& layer : (*json)["heads"])
        listed += static_cast<double>(layer.size());
    EXPECT_EQ(listed, kept);
}

TEST_F(Search, StoppingChangesOnlyTheEffort)
{
    QuietProgress one(folder.path), other(folder.path);
    Given brute = kSmall;
    brute["stopping"] = "none";

    const auto quick = run(kSmall, one), slow = run(brute, other);

    ASSERT_TRUE(quick && slow);
    auto quickly = computedTexts(*quick), slowly = computedTexts(*slow);
    for (const char* effort : {"answers_saved", "heads_stopped"})
        quickly.erase(effort), slowly.erase(effort);
    EXPECT_EQ(quickly, slowly);
    EXPECT_GT(quick->metric("answers_saved")->value, 0);
    EXPECT_EQ(slow->metric("answers_saved")->value, 0);
}

// Stops at a number of answers.
class ImpatientSearch : public QuietProgress
{
public:
    ImpatientSearch(std::filesystem::path folder, int answers)
        : QuietProgress(std::move(folder)), left_(answers)
    {
    }
    bool advance(double, double, std::string_view) override { return --left_ > 0; }

private:
    int left_;
};

TEST_F(Search, PausedAnywhereItGoesOnToTheSameResult)
{
    QuietProgress whole(folder.path);
    const auto expected = run(kSmall, whole);
    ASSERT_TRUE(expected);

    for (const int pause : {1, 30, 80, 130}) {
        ImpatientSearch first(folder.path, pause);
        const auto stopped = run(kSmall, first);
        ASSERT_FALSE(stopped);
        EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
        QuietProgress second(folder.path);
        ASSERT_TRUE(second.saveState(*first.loadState()));
        const auto result = run(kSmall, second);

        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(computedTexts(*result), computedTexts(*expected)) << "paused after " << pause;
        EXPECT_EQ(result->tables, expected->tables);
        EXPECT_EQ(result->notes, expected->notes);
    }
}

TEST_F(Search, AStateOfOtherParametersIsNotTaken)
{
    QuietProgress first(folder.path), second(folder.path), fresh(folder.path);
    ASSERT_TRUE(run(kSmall, first));
    Given other = kSmall;
    other["beta"] = "0.3";
    ASSERT_TRUE(second.saveState(*first.loadState()));

    const auto result = run(other, second), expected = run(other, fresh);

    ASSERT_TRUE(result && expected);
    EXPECT_EQ(result->tables, expected->tables);
}

TEST_F(Search, RefusesRunningText)
{
    ASSERT_TRUE(writeFileAtomically(folder.path / "t.txt", "Once upon a time there was a sea."));
    QuietProgress progress(folder.path);

    const auto result = run({{"task", (folder.path / "t.txt").string()}}, progress);

    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("running text"));
}

// A real worker, killed with SIGKILL at random moments again and again, until it may end by itself.
TEST_F(Search, KilledWorkersGoOnToTheSameResult)
{
    using Clock = std::chrono::steady_clock;
    Job job;
    job.experiment = "calibration.search";
    job.given = kSmall;
    const auto finish = [](Worker& worker) {
        while (worker.poll([](const WorkerEvent&) {}))
            std::this_thread::sleep_for(2ms);
        return worker.collect();
    };
    const auto path = writeJob(folder.path / "whole", job);
    ASSERT_TRUE(path) << path.error().message;
    const auto begin = Clock::now();
    auto undisturbed = Worker::start(kProgram, *path);
    ASSERT_TRUE(undisturbed) << undisturbed.error().message;
    const RunRecord expected = finish(**undisturbed);
    ASSERT_EQ(expected.state, RunState::done) << expected.error;
    const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);

    const auto killed = writeJob(folder.path / "killed", job);
    ASSERT_TRUE(killed);
    const JobFolder jobFolder{*killed};
    Random random(20);
    const int wanted = tests::rounds(40);
    int kills = 0;
    RunRecord record;
    for (bool done = false; !done && kills <= wanted;) {
        jobFolder.prepareAttempt();
        auto worker = Worker::start(kProgram, *killed);
        ASSERT_TRUE(worker) << worker.error().message;
        if (kills < wanted) {
            while (!jobFolder.canGoOn() && (*worker)->poll([](const WorkerEvent&) {}))
                std::this_thread::sleep_for(2ms); // the first has saved something when it dies
            std::this_thread::sleep_for(std::chrono::microseconds(
                random.below(static_cast<std::uint64_t>(whole.count()) / 4)));
            const auto process = readPidFile(jobFolder.pid());
            ASSERT_TRUE(process);
            if (isAlive(*process))
                ::kill(process->pid, SIGKILL);
            ++kills;
        }
        record = finish(**worker);
        done = record.state == RunState::done;
    }

    ASSERT_EQ(record.state, RunState::done) << record.error;
    EXPECT_GT(kills, 0);
    EXPECT_EQ(computedTexts(record.result), computedTexts(expected.result));
    EXPECT_EQ(record.result.tables, expected.result.tables);
    const auto one = record.result.artifact("heads.json"),
               other = expected.result.artifact("heads.json");
    ASSERT_TRUE(one && other);
    EXPECT_EQ(readFile(one->path, 1 << 20), readFile(other->path, 1 << 20));
}

} // namespace
} // namespace vitrine::calibration_plugin
