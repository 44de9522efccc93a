#include "core/jobs/work.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/jobs/bundle.h"
#include "core/jobs/guarded_run.h"
#include "core/jobs/memory_limit.h"
#include "core/jobs/new_job.h"
#include "core/jobs/process.h"
#include "core/jobs/worker_progress.h"

#include <cstdio>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

int complain(const Error& error)
{
    const std::string line = fmt::format("vitrine work: {}\n", error.message);
    (void)std::fwrite(line.data(), 1, line.size(), stderr); // a full disk under the log is no exception
    return exitCode(error.kind);
}

// Held as long as the process lives: a job has one worker at a time.
Result<Descriptor> lockJob(const JobFolder& folder)
{
    Descriptor lock(::open(folder.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!lock.valid())
        return inputError("cannot work in the job folder {}: it is not writable",
                          folder.path.string());
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
        return failure("another worker runs the job {}", folder.path.string());
    return lock;
}

RunRecord refused(const Job& job, const Error& error)
{
    RunRecord run = recordOfJob(job);
    run.started = utcNow();
    run.state = RunState::failed;
    run.error = error.message;
    run.exitCode = exitCode(error.kind);
    return run;
}

RunRecord runJob(const Job& job, const JobFolder& folder, const FindExperiment& find,
                 WorkerProgress& progress)
{
    const FoundExperiment found = find(job.experiment);
    if (!found.experiment)
        return refused(job, {ErrorKind::argument, found.problem});
    const auto params = resolveParams(*found.experiment, job.given);
    if (!params)
        return refused(job, params.error());
    // From here on: what the program needs to know the experiment is not the run's.
    const auto limit = MemoryLimit::set(job.memoryLimit);
    if (!limit)
        return refused(job, limit.error());

    RunRecord begun = recordOfJob(job);
    begun.experimentVersion = found.experiment->info().version;
    begun.plugin = found.plugin;
    begun.params = *params;
    begun.started = utcNow();
    begun.state = RunState::running;
    (void)writeFileAtomically(folder.begun(), dumpJson(bundleJson(begun)));
    progress.state("running");

    RunRecord run = guardedRun(*found.experiment, found.plugin, *params, progress);
    run.started = begun.started;
    limit->conclude(run);
    if (run.state == RunState::cancelled && isPauseAsked()) {
        run.state = RunState::paused;
        run.error.clear();
        run.exitCode = 0;
    }
    return run;
}

// A result that cannot be written (a full disk) is a failed run, and that at least is written.
Result<void> keep(const fs::path& bundle, RunRecord& run)
{
    auto written = writeBundle(bundle, run);
    if (written || run.state != RunState::done)
        return written;
    run.result.artifacts.clear();
    run.state = RunState::failed;
    run.error = written.error().message;
    run.exitCode = 1;
    return writeBundle(bundle, run);
}

} // namespace

int workMain(const fs::path& jobFolder, const fs::path& out, const FindExperiment& find)
{
    catchWorkerSignals();
    const JobFolder folder{fs::absolute(jobFolder)};
    const auto job = readJob(folder.path);
    if (!job)
        return complain(job.error());
    const auto lock = lockJob(folder);
    if (!lock)
        return complain(lock.error());
    if (const auto name = processName(::getpid()))
        if (const auto written = writePidFile(folder.pid(), *name); !written)
            return complain(written.error());

    std::error_code error;
    fs::create_directories(folder.bundle() / "artifacts", error);
    fs::create_directories(folder.path / "state", error);
    WorkerProgress progress(folder);
    RunRecord run = runJob(*job, folder, find, progress);
    run.uid = job->uid;
    run.parent = job->parent;
    if (const auto kept = keep(out.empty() ? folder.bundle() : out, run); !kept)
        return complain(kept.error());
    progress.state(runStateName(run.state));
    return run.exitCode;
}

} // namespace vitrine
