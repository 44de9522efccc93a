#include "core/jobs/worker/work.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/base/mapped_file.h"
#include "core/jobs/bundle/bundle.h"
#include "core/jobs/worker/guarded_run.h"
#include "core/jobs/worker/job_file.h"
#include "core/jobs/worker/memory_limit.h"
#include "core/jobs/worker/new_job.h"
#include "core/jobs/worker/process.h"
#include "core/jobs/worker/worker_progress.h"

#include <cstdio>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

int complain(const Error& error)
{
    const std::string line = fmt::format("vitrine work: {}\n", error.message);
    (void)std::fwrite(line.data(), 1, line.size(),
                      stderr); // a full disk under the log is no exception
    return exitCode(error.kind);
}

// The lock that whoever started this process took for it, and that passed on without a gap.
std::optional<Descriptor> inheritedLock(const fs::path& path)
{
    struct stat own {
    }, file{};
    if (::fstat(kSpawnedLock, &own) != 0 || ::stat(path.c_str(), &file) != 0 ||
        own.st_dev != file.st_dev || own.st_ino != file.st_ino)
        return std::nullopt;
    ::fcntl(kSpawnedLock, F_SETFD, FD_CLOEXEC);
    return Descriptor(kSpawnedLock);
}

// Held as long as the process lives: a job has one worker at a time.
Result<Descriptor> lockJob(const JobFolder& folder)
{
    if (auto inherited = inheritedLock(folder.lock()))
        return *std::move(inherited);
    VITRINE_TRY(Descriptor lock, folder.openLock());
    if (!takeLock(lock))
        return failure("another worker runs the job {}", folder.path.string());
    return lock;
}

void refuse(RunRecord& run, const Error& error)
{
    run.result = {};
    run.state = RunState::failed;
    run.error = error.message;
    run.exitCode = exitCode(error.kind);
}

RunRecord refused(const Job& job, const JobFolder& folder, const Error& error)
{
    RunRecord run = recordOfJob(job);
    run.attempt = folder.attempt();
    run.started = utcNow();
    refuse(run, error);
    return run;
}

RunRecord runJob(const Job& job, const JobFolder& folder, const FindExperiment& find,
                 WorkerProgress& progress)
{
    const FoundExperiment found = find(job.experiment);
    if (!found.experiment)
        return refused(job, folder, {ErrorKind::argument, found.problem});
    const auto params = resolveParams(*found.experiment, job.given);
    if (!params)
        return refused(job, folder, params.error());
    // From here on: what the program needs to know the experiment is not the run's.
    const auto limit = MemoryLimit::set(job.memoryLimit);
    if (!limit)
        return refused(job, folder, limit.error());

    RunRecord begun = recordOfJob(job);
    begun.experimentVersion = found.experiment->info().version;
    begun.plugin = found.plugin;
    begun.params = *params;
    begun.attempt = folder.attempt();
    begun.started = utcNow();
    begun.state = RunState::running;
    (void)writeFileAtomically(folder.begun(), dumpJson(bundleJson(begun)));
    progress.state("running");

    RunRecord run = guardedRun(*found.experiment, found.plugin, *params, progress);
    run.attempt = begun.attempt;
    run.started = begun.started;
    limit->conclude(run);
    if (const auto same = MappedFile::allUnchanged(); !same)
        refuse(run, same.error()); // what was computed may come from bytes that are not the file's
    if (run.state == RunState::cancelled && isPauseAsked()) {
        run.state = RunState::paused;
        run.error.clear();
        run.exitCode = 0;
        if (!folder.canGoOn()) // stopped before there was anything to save: it begins again
            if (const auto saved = progress.saveState({}); !saved)
                refuse(run, saved.error());
    }
    return run;
}

// A result that cannot be written (a full disk) is a failed run, and that at least is written.
Result<void> keep(const fs::path& bundle, RunRecord& run)
{
    auto written = writeBundle(bundle, run);
    if (written || run.state != RunState::done)
        return written;
    run.result = {};
    run.state = RunState::failed;
    run.error = written.error().message;
    run.exitCode = 1;
    return writeBundle(bundle, run);
}

} // namespace

int workMain(const fs::path& jobFolder, const fs::path& out, const FindExperiment& find)
{
    prepareWorker();
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
    fs::create_directories(folder.stateFiles(), error);
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
