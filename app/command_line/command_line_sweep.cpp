#include "app/command_line/command_line_text.h"
#include "app/command_line/command_line_verbs.h"
#include "app/command_line/output.h"
#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/in_file.h"
#include "core/base/json.h"
#include "core/jobs/experiment/sweep.h"
#include "core/jobs/worker/new_job.h"
#include "core/jobs/worker/stop_signals.h"
#include "core/jobs/worker/worker_pool.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <span>
#include <thread>
#include <unistd.h>

namespace vitrine::command
{
namespace fs = std::filesystem;
namespace
{

using Values = std::map<std::string, std::string>;

constexpr std::uint64_t kStudyLimit = std::uint64_t{16} << 20;

// One run of the study: what differs from run to run, and what is started.
struct Point {
    Values varied;
    Job job;
    std::int64_t number = 0; // in the store, once it is there
};

// What the workers of a pool share the processors by, unless the study says it.
int threadsEach(int jobs)
{
    const int processors = static_cast<int>(std::thread::hardware_concurrency());
    return jobs > 1 ? std::max(1, processors / jobs) : 0;
}

// Every point is resolved before the first run starts: a slip in the study costs no computing.
Result<std::vector<Point>> makePoints(const SweepStudy& study, const FoundExperiment& found,
                                      int jobs)
{
    std::vector<Point> points;
    for (Values given : sweepPoints(study)) {
        Point point;
        for (const auto& [name, values] : study.varied)
            point.varied[name] = given[name];
        if (!given.contains("threads") && threadsEach(jobs) > 0)
            given["threads"] = std::to_string(threadsEach(jobs));
        VITRINE_TRY(point.job, makeJob(found, given));
        Params params = point.job.params;
        params.set("threads", std::int64_t{0}); // values do not depend on it
        point.job.uid = sweepUid(study, point.job.experimentVersion, params);
        points.push_back(std::move(point));
    }
    return points;
}

// Another experiment may be the one to answer what the study gives: then it is its study. Argument
// error where that is so of some runs only.
Result<FoundExperiment> whoAnswers(SweepStudy& study, PluginRegistry& registry)
{
    const auto found = registry.find(study.experiment);
    if (!found.experiment)
        return found;
    std::set<std::string> answering;
    for (const Values& given : sweepPoints(study)) {
        const std::string instead = found.experiment->insteadFor(given);
        answering.insert(instead.empty() ? study.experiment : instead);
    }
    if (answering.size() > 1)
        return argumentError("some of its runs are answered by {}: a study is of one experiment",
                             fmt::join(answering, ", others by "));
    study.experiment = *answering.begin();
    return registry.find(study.experiment);
}

class Sweep
{
public:
    Sweep(Store& store, const SweepStudy& study, std::vector<Point> points, bool keepGoing)
        : store_(store), study_(study), points_(std::move(points)), keepGoing_(keepGoing)
    {
        for (Point& point : points_) {
            if (const auto run = store_.loadUid(point.job.uid); run && run->state == RunState::done)
                point.number = run->number;
            kept_ += point.number != 0;
        }
        done_ = kept_;
    }

    Result<void> run(int jobs)
    {
        say(fmt::format("{} runs, {} of them there already", points_.size(), kept_));
        const PoolHooks hooks{.next = [this] { return next(); },
                              .ended = [this](const RunRecord& run) { keep(run); },
                              .stop = [this] { return isCancelAsked() || failedAndStop(); }};
        VITRINE_CHECK(runPool(thisProgram(), jobs, hooks));
        if (!problem_.message.empty())
            return tl::unexpected(problem_);
        return {};
    }

    int exitCode() const
    {
        if (isCancelAsked())
            return vitrine::exitCode(ErrorKind::cancelled);
        return failed_ > 0 ? 1 : 0;
    }

    Json json() const
    {
        Json json = {{"format", 1},
                     {"study", study_.name},
                     {"experiment", study_.experiment},
                     {"points", points_.size()},
                     {"kept", kept_},
                     {"failed", failed_},
                     {"runs", Json::array()}};
        for (const Point& point : points_) {
            Json one = {{"run", point.number}, {"set", point.varied}, {"metrics", Json::object()}};
            const auto run = store_.load(point.number);
            one["status"] = run ? std::string(runStateName(run->state)) : "not run";
            if (run) {
                for (const Metric& metric : run->result.metrics)
                    one["metrics"][metric.name] = metric.value;
                if (!run->error.empty())
                    one["error"] = run->error;
            }
            json["runs"].push_back(std::move(one));
        }
        return json;
    }

    // A row per point: run, state, varied parameters, then metrics that are there.
    std::string text() const
    {
        std::vector<std::string> heading = {"run", "state"};
        for (const auto& [name, values] : study_.varied)
            heading.push_back(name);
        const std::vector<std::string> metrics = store_.metricNames(study_.experiment);
        heading.insert(heading.end(), metrics.begin(), metrics.end());
        std::vector<std::vector<std::string>> rows = {heading};
        for (const Point& point : points_) {
            const auto run = store_.load(point.number);
            rows.push_back({point.number ? std::to_string(point.number) : "–",
                            run ? std::string(runStateName(run->state)) : "not run"});
            for (const auto& [name, values] : study_.varied)
                rows.back().push_back(point.varied.at(name));
            for (const std::string& name : metrics) {
                const Metric* metric = run ? run->result.metric(name) : nullptr;
                rows.back().push_back(metric ? significant(metric->value) : "–");
            }
        }
        return alignedText(rows);
    }

private:
    std::optional<fs::path> next()
    {
        while (at_ < points_.size() && points_[at_].number != 0)
            ++at_;
        if (at_ == points_.size())
            return std::nullopt;
        Job& job = points_[at_++].job;
        auto folder = folderOf(job);
        if (!folder) {
            problem_ = folder.error();
            return std::nullopt;
        }
        return *folder;
    }

    // A job that was paused or interrupted goes on from its saved state.
    Result<fs::path> folderOf(Job& job) const
    {
        VITRINE_TRY(const fs::path left, store_.jobFolder(job.uid));
        if (std::error_code error; fs::exists(left / "job.json", error))
            return left;
        VITRINE_TRY(job.attempts, store_.attempts(job.uid));
        return writeJob(store_.jobsFolder(), job);
    }

    void keep(const RunRecord& run)
    {
        const auto point =
            std::ranges::find(points_, run.uid, [](const Point& p) { return p.job.uid; });
        const auto number = store_.import(run);
        if (!number) {
            problem_ = number.error();
            return;
        }
        if (point != points_.end())
            point->number = *number;
        if (const auto tagged = store_.load(*number);
            tagged && !std::ranges::count(tagged->tags, study_.name))
            (void)store_.changeTags(std::span(&*number, 1), {study_.name}, {});
        ++done_;
        if (run.state != RunState::done) {
            ++failed_;
            printErrors("vitrine: run {}: {}\n", *number, oneLine(run.error, 1000));
        }
        say(fmt::format("{} of {} runs", done_, points_.size()));
    }

    bool failedAndStop() const { return !problem_.message.empty() || (failed_ > 0 && !keepGoing_); }

    static void say(const std::string& line) { printErrors("{}\n", line); }

    Store& store_;
    const SweepStudy& study_;
    std::vector<Point> points_;
    const bool keepGoing_;
    std::size_t at_ = 0, kept_ = 0, done_ = 0, failed_ = 0;
    Error problem_;
};

} // namespace

int sweep(const SweepOptions& options)
{
    takeStopSignals();
    if (options.executor != "local")
        return complain({ErrorKind::argument, "the executor \"" + oneLine(options.executor, 40) +
                                                  "\" is not built yet; local is"});
    const auto text = readFile(options.study, kStudyLimit);
    if (!text)
        return complain(text.error());
    auto study = parseSweep(*text, options.study);
    if (!study)
        return complain(study.error());
    PluginRegistry registry;
    const auto found = inFile(options.study, whoAnswers(*study, registry));
    if (!found)
        return complain(found.error());
    auto points = inFile(options.study, makePoints(*study, *found, options.jobs));
    if (!points)
        return complain(points.error());
    auto store = openStore(options.workspace);
    if (!store)
        return complain(store.error());
    if (const auto writable = store->checkWritable(); !writable)
        return complain(writable.error());
    importLeftOvers(*store);

    Sweep sweep(*store, *study, *std::move(points), options.keepGoing);
    const auto outcome = sweep.run(options.jobs);
    printOutput("{}", options.json ? dumpJson(sweep.json()) + "\n" : sweep.text());
    if (!outcome)
        return complain(outcome.error());
    return sweep.exitCode();
}

} // namespace vitrine::command
