#include "core/jobs/job_folder.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/jobs/bundle_names.h"
#include "core/jobs/json_fields.h"
#include "core/jobs/process.h"
#include "core/jobs/table_json.h"

#include <chrono>
#include <limits>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

constexpr std::uint64_t kJobLimit = std::uint64_t{64} << 20; // prompts may be long
constexpr auto kStarting = std::chrono::seconds(20);

} // namespace

bool JobFolder::canGoOn() const
{
    std::error_code error;
    return fs::exists(savedState(), error);
}

bool JobFolder::isAlive() const
{
    const auto process = readPidFile(pid());
    return process && vitrine::isAlive(*process);
}

bool JobFolder::mayBeStarting() const
{
    std::error_code error;
    if (fs::exists(pid(), error))
        return false;
    const auto touched = fs::last_write_time(job(), error);
    return !error && fs::file_time_type::clock::now() - touched < kStarting;
}

void JobFolder::prepareAttempt() const
{
    std::error_code error;
    fs::last_write_time(job(), fs::file_time_type::clock::now(), error);
    for (const auto& file : {pid(), progress(), begun(), imported()})
        fs::remove(file, error);
    fs::remove_all(bundle(), error);
}

Result<fs::path> writeJob(const fs::path& jobsFolder, const Job& job)
{
    const std::string uid = job.uid.empty() ? newUid() : job.uid;
    const fs::path folder = fs::absolute(jobsFolder) / uid;
    std::error_code error;
    fs::create_directories(jobsFolder, error);
    if (error || !fs::create_directory(folder, error))
        return failure("cannot make the job folder {}: {}", folder.string(),
                       error ? error.message() : "it is there already");
    fs::create_directory(folder / "state", error);
    const Json json = {{"format", 1},
                       {"uid", uid},
                       {"experiment", job.experiment},
                       {"experiment_version", job.experimentVersion},
                       {"plugin", job.plugin},
                       {"given", job.given},
                       {"parameters", toJson(job.params)},
                       {"parent", job.parent},
                       {"memory_limit", job.memoryLimit},
                       {"time_limit", job.timeLimit}};
    VITRINE_CHECK(writeFileAtomically(folder / "job.json", dumpJson(json, 1) + "\n"));
    return folder;
}

Result<Job> readJob(const fs::path& jobFolder)
{
    const auto path = JobFolder{jobFolder}.job();
    VITRINE_TRY(const std::string text, readFile(path, kJobLimit));
    VITRINE_TRY(const Json json, parseJson(text, path.string()));
    JsonFields fields(json, path.string());
    if (fields.integer("format", 0, 1 << 30) != 1)
        fields.fail("its format is not 1; a newer Vitrine may read it");
    Job job;
    job.uid = fields.neededText("uid");
    if (!isHex(job.uid, 32))
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
    VITRINE_CHECK(fields.done());
    return job;
}

} // namespace vitrine
