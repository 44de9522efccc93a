#include "core/jobs/work.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/mapped_file.h"
#include "core/jobs/bundle.h"
#include "core/jobs/guarded_run.h"
#include "core/jobs/job_file.h"
#include "core/jobs/worker_progress.h"

#include <cstdio>
#include <fcntl.h>
#include <optional>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

int complain(const Error& error)
{
    fmt::print(stderr, "vitrine work: {}\n", error.message);
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

void limitMemory(std::uint64_t bytes)
{
    if (bytes == 0)
        return;
    const rlimit limit{.rlim_cur = bytes, .rlim_max = bytes};
    ::setrlimit(RLIMIT_DATA, &limit);
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
    RunRecord run;
    describeMachine(run);
    run.experiment = job.experiment;
    for (const auto& [name, text] : job.given)
        run.params.set(name, text);
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

    RunRecord begun;
    describeMachine(begun);
    begun.uid = job.uid;
    begun.experiment = job.experiment;
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
    limitMemory(job->memoryLimit);

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
