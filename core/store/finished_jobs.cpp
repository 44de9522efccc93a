#include "core/store/finished_jobs.h"

#include "core/jobs/bundle/bundle_names.h"
#include "core/jobs/worker/left_over.h"
#include "core/store/half_made.h"

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

using TellProblem = std::function<void(const std::string&)>;

// The record of a job that nobody works on; nothing where there is none to import.
std::optional<RunRecord> leftOverOf(const JobFolder& folder, const TellProblem& problem)
{
    std::error_code error;
    if (fs::exists(folder.imported(), error) || folder.isUnderWay())
        return std::nullopt;
    const auto job = readJob(folder.path);
    if (!job || job->uid != folder.path.filename().string()) {
        if (fs::exists(folder.path, error)) // else another process has just tidied it away
            problem(job ? "the job folder " + folder.path.string() + " has another run's job"
                        : job.error().message);
        return std::nullopt;
    }
    RunRecord run = collectLeftOver(folder, *job, "");
    // Imported and tidied by another process while we read, or started again.
    if (!fs::exists(folder.job(), error) || fs::exists(folder.imported(), error) ||
        folder.isUnderWay())
        return std::nullopt;
    return run;
}

} // namespace

std::vector<std::int64_t> importFinished(Store& store, const TellProblem& problem)
{
    std::vector<std::int64_t> numbers;
    if (!store.checkWritable())
        return numbers;
    removeHalfMade(store.jobsFolder().parent_path());

    std::vector<fs::path> folders;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(store.jobsFolder(), error)) {
        if (!isUid(entry.path().filename().string()))
            continue;
        if (isRealFolder(entry.path()))
            folders.push_back(entry.path());
        else
            problem("the job folder " + entry.path().string() +
                    " is a link or a file: it is left alone");
    }
    for (const auto& path : folders) {
        const auto run = leftOverOf(JobFolder{path}, problem);
        if (!run)
            continue;
        if (const auto number = store.import(*run))
            numbers.push_back(*number);
        else
            problem(number.error().message);
    }
    return numbers;
}

} // namespace vitrine
