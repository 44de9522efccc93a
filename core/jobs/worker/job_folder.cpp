#include "core/jobs/worker/job_folder.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/jobs/bundle/bundle_names.h"
#include "core/jobs/bundle/table_json.h"
#include "core/jobs/worker/folder_lock.h"
#include "core/jobs/worker/job_file.h"
#include "core/jobs/worker/process.h"

#include <fcntl.h>
#include <limits>
#include <unistd.h>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

constexpr std::uint64_t kJobLimit = std::uint64_t{64} << 20; // prompts may be long

// The number in the file; nothing where there is none or it is no number.
std::optional<int> readAttempt(const fs::path& path)
{
    const auto text = readFile(path, 64);
    const auto number = text ? parseInteger(text->substr(0, text->find('\n'))) : std::nullopt;
    if (!number || *number < 0 || *number > kMostAttempts)
        return std::nullopt;
    return static_cast<int>(*number);
}

Result<void> fillJob(const JobFolder& folder, const Job& job, const std::string& uid)
{
    std::error_code error;
    fs::create_directory(folder.path / "state", error);
    if (error)
        return failure("cannot write {}: {}", folder.path.string(), error.message());
    if (const auto self = processName(::getpid()))
        VITRINE_CHECK(writePidFile(folder.starter(), *self));
    const Json json = {{"format", 1},
                       {"uid", uid},
                       {"experiment", job.experiment},
                       {"experiment_version", job.experimentVersion},
                       {"plugin", job.plugin},
                       {"given", job.given},
                       {"parameters", toJson(job.params)},
                       {"parent", job.parent},
                       {"memory_limit", job.memoryLimit},
                       {"time_limit", job.timeLimit},
                       {"attempts", job.attempts}};
    return writeFileAtomically(folder.job(), dumpJson(json, 1) + "\n");
}

} // namespace

bool JobFolder::canGoOn() const
{
    std::error_code error;
    return fs::exists(savedState(), error);
}

// The job is written before anything else: a folder without one that holds a result or a state has
// lost it, and is nothing to throw away.
bool JobFolder::isHalfMade() const
{
    std::error_code error;
    return isRealFolder(path) && !fs::exists(job(), error) && !fs::exists(bundle(), error) &&
           !canGoOn() && !isUnderWay();
}

bool JobFolder::hasBundle() const
{
    std::error_code error;
    return fs::exists(bundle() / "run.json", error) && !fs::exists(imported(), error);
}

bool JobFolder::isAlive() const
{
    const auto process = readPidFile(pid());
    return process && vitrine::isAlive(*process);
}

bool JobFolder::isStarting() const
{
    const auto process = readPidFile(starter());
    return process && vitrine::isAlive(*process);
}

// The lock tells; the registered process too, since workers of earlier versions held it in another
// way.
bool JobFolder::isRunning() const
{
    return isLocked(lock()) || isAlive();
}

// Whoever makes a job says so, and takes it back once the worker has its lock: between the first
// and the second look at that lock nobody can have passed unseen.
bool JobFolder::isUnderWay() const
{
    return isRunning() || isStarting() || isRunning();
}

Result<Descriptor> JobFolder::openLock() const
{
    auto file = openJobFile(lock(), O_RDWR | O_CREAT);
    if (!file)
        return inputError("cannot work in the job folder: {}", file.error().message);
    return file;
}

int JobFolder::attempt() const
{
    if (const auto counted = readAttempt(attempts()))
        return *counted;
    // A folder of an earlier version, which did not count: what was tried there was the first.
    std::error_code error;
    for (const auto& trace : {pid(), begun(), savedState(), imported(), bundle() / "run.json"})
        if (fs::exists(trace, error))
            return 1;
    const auto job = readJob(path);
    return job ? job->attempts : 0;
}

Result<void> JobFolder::prepareAttempt() const
{
    VITRINE_CHECK(writeFileAtomically(attempts(), fmt::format("{}\n", attempt() + 1)));
    std::error_code error;
    for (const auto& file : {pid(), progress(), begun(), imported()})
        fs::remove(file, error);
    fs::remove_all(bundle(), error);
    return {};
}

void JobFolder::started() const
{
    std::error_code error;
    fs::remove(starter(), error);
}

Result<fs::path> jobPath(const fs::path& jobsFolder, std::string_view uid)
{
    if (!isUid(uid))
        return inputError(
            "a run of {} has no sound uid (32 hexadecimal digits), so it has no job folder",
            jobsFolder.string());
    return jobsFolder / uid;
}

Result<fs::path> writeJob(const fs::path& jobsFolder, const Job& job)
{
    const std::string uid = job.uid.empty() ? newUid() : job.uid;
    VITRINE_TRY(const fs::path folder, jobPath(fs::absolute(jobsFolder), uid));
    const auto cannot = [&](const std::string& reason) {
        return failure("cannot make the job folder {}: {}", folder.string(), reason);
    };
    std::error_code error;
    fs::create_directories(jobsFolder, error);
    const auto making = FolderLock::shared(jobsFolder); // a collector leaves the new folder alone
    const JobFolder made{folder.parent_path() / (newUid() + std::string(kNewJob))};
    if (!error)
        fs::create_directory(made.path, error);
    if (error)
        return cannot(error.message());
    if (const auto filled = fillJob(made, job, uid); !filled) {
        fs::remove_all(made.path, error);
        return tl::unexpected(filled.error());
    }
    if (JobFolder{folder}.isHalfMade()) {
        const fs::path gone = folder.parent_path() / (newUid() + std::string(kGoneJob));
        fs::rename(folder, gone, error);
        fs::remove_all(gone, error);
    }
    fs::rename(made.path, folder, error); // refused where there is one with anything in it
    if (error) {
        std::error_code ignored;
        const bool there = fs::exists(folder, ignored);
        fs::remove_all(made.path, ignored);
        return cannot(there ? "it is there already" : error.message());
    }
    return folder;
}

Result<Job> readJob(const fs::path& jobFolder)
{
    const auto path = JobFolder{jobFolder}.job();
    std::error_code error;
    if (fs::exists(path, error) && (!isRealFolder(jobFolder) || !isRealFile(path)))
        return inputError("cannot read {}: it is a link, or in a linked folder", path.string());
    VITRINE_TRY(const std::string text, readFile(path, kJobLimit));
    VITRINE_TRY(const Json json, parseJson(text, path.string()));
    JsonFields fields(json, path.string());
    if (fields.integer("format", 0, 1 << 30) != 1)
        fields.fail("its format is not 1; a newer Vitrine may read it");
    Job job;
    job.uid = fields.neededText("uid");
    if (!isUid(job.uid))
        fields.fail("\"uid\" has not 32 hexadecimal digits");
    job.experiment = fields.neededText("experiment");
    job.experimentVersion = static_cast<int>(fields.integer("experiment_version", 0, 1'000'000));
    job.plugin = fields.text("plugin");
    for (const auto& [name, value] : fields.object("given").items()) {
        if (value.is_string())
            job.given[name] = value.get<std::string>();
        else
            fields.fail("a given parameter is not a text");
    }
    if (auto params = parseParams(fields.object("parameters")))
        job.params = *std::move(params);
    else
        fields.fail(params.error().message);
    job.parent = fields.text("parent");
    job.memoryLimit = static_cast<std::uint64_t>(
        fields.integer("memory_limit", 0, std::numeric_limits<std::int64_t>::max()));
    job.timeLimit = fields.real("time_limit", 0);
    job.attempts = static_cast<int>(fields.integer("attempts", 0, kMostAttempts));
    if (!job.parent.empty() && !isUid(job.parent))
        fields.fail("\"parent\" has not 32 hexadecimal digits");
    VITRINE_CHECK(fields.done());
    return job;
}

} // namespace vitrine
