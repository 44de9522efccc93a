#include "core/store/finished_jobs.h"

#include "core/jobs/bundle_names.h"
#include "core/jobs/left_over.h"

namespace vitrine
{
namespace fs = std::filesystem;

std::vector<std::int64_t> importFinished(Store& store,
                                         const std::function<void(const std::string&)>& problem)
{
    std::vector<std::int64_t> numbers;
    std::vector<fs::path> folders;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(store.jobsFolder(), error)) {
        const std::string name = entry.path().filename().string();
        if (entry.is_directory(error) && isHex(name, 32))
            folders.push_back(entry.path());
        else if (name.ends_with(kGoneJob)) // its process was killed while it tidied
            fs::remove_all(entry.path(), error);
    }

    for (const auto& path : folders) {
        const JobFolder folder{path};
        if (fs::exists(folder.imported(), error) || folder.mayBeStarting() || folder.isAlive())
            continue;
        const auto job = readJob(path);
        if (!job || job->uid != path.filename().string()) {
            if (fs::exists(folder.job(), error)) // else another process has just tidied it away
                problem(job ? "the job folder " + path.string() + " has another run's job"
                            : job.error().message);
            continue;
        }
        const RunRecord run = collectLeftOver(folder, *job, "");
        if (!fs::exists(folder.job(), error) || fs::exists(folder.imported(), error))
            continue; // imported and tidied by another process while we read
        if (const auto number = store.import(run))
            numbers.push_back(*number);
        else
            problem(number.error().message);
    }
    return numbers;
}

} // namespace vitrine
