#include "core/jobs/worker/left_over.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/bundle/bundle.h"
#include "core/jobs/bundle/bundle_names.h"
#include "core/jobs/worker/new_job.h"
#include "core/jobs/worker/process.h"

#include <algorithm>
#include <optional>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

// What the worker wrote when it began.
std::optional<RunRecord> recordAtBegin(const JobFolder& folder, const Job& job)
{
    if (!isRealFile(folder.begun()))
        return std::nullopt;
    if (const auto text = readFile(folder.begun(), std::uint64_t{64} << 20))
        if (const auto json = parseJson(*text, "begun.json"))
            if (auto run = parseBundleJson(*json); run && run->uid == job.uid)
                return *std::move(run);
    return std::nullopt;
}

// Where it did not get so far: what the job says.
RunRecord recordBeforeBegin(const JobFolder& folder, const Job& job)
{
    RunRecord run = recordOfJob(job);
    if (const auto process = readPidFile(folder.pid()))
        run.started = process->startedUtc;
    if (run.started.empty())
        run.started = utcNow();
    return run;
}

} // namespace

RunRecord collectLeftOver(const JobFolder& folder, const Job& job, const std::string& reason)
{
    std::string problem = reason;
    std::error_code error;
    const int attempt = folder.attempt();
    if (fs::exists(folder.bundle() / "run.json", error)) {
        auto run = readBundle(folder.bundle());
        if (run && run->uid == job.uid) {
            if (run->attempt == 0)
                run->attempt = attempt;
            return *std::move(run);
        }
        problem = run ? "the worker's result belongs to another run" : run.error().message;
    }

    auto begun = recordAtBegin(folder, job);
    const bool wasStarted = begun || fs::exists(folder.pid(), error);
    RunRecord run = begun ? *std::move(begun) : recordBeforeBegin(folder, job);
    run.attempt = std::max(attempt, 1);
    run.uid = job.uid;
    run.parent = job.parent;
    run.result = {};
    run.state = RunState::failed;
    run.exitCode = 1;
    if (problem.empty()) {
        problem = wasStarted ? "the worker ended without a result"
                             : "no worker was started: what was to start it ended first";
        if (folder.canGoOn())
            run.state = RunState::interrupted;
    }
    const auto words = lastWords(folder.log());
    run.error = words.empty() ? problem : fmt::format("{}; its last words: {}", problem, words);
    return run;
}

} // namespace vitrine
