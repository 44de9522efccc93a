#include "core/store/half_made.h"

#include "core/jobs/bundle/bundle_names.h"
#include "core/jobs/worker/folder_lock.h"
#include "core/jobs/worker/job_folder.h"
#include "core/store/artifact_files.h"

#include <string>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

bool isUidWith(const std::string& name, std::string_view ending)
{
    return name.ends_with(ending) &&
           isUid(std::string_view(name).substr(0, name.size() - ending.size()));
}

void removeStagedFiles(const fs::path& artifacts)
{
    const auto lock = FolderLock::alone(artifacts);
    if (!lock)
        return;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(artifacts, error))
        if (isUidWith(entry.path().filename().string(), kStagedFile)) {
            std::error_code ignored;
            fs::remove(entry.path(), ignored);
        }
}

void removeHalfMadeJobs(const fs::path& jobs)
{
    const auto lock = FolderLock::alone(jobs);
    if (!lock)
        return;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(jobs, error)) {
        const std::string name = entry.path().filename().string();
        const bool isPassing = isUidWith(name, kNewJob) || isUidWith(name, kGoneJob);
        if (isPassing || (isUid(name) && JobFolder{entry.path()}.isHalfMade())) {
            std::error_code ignored;
            fs::remove_all(entry.path(), ignored); // follows no link
        }
    }
}

} // namespace

void removeHalfMade(const fs::path& folder)
{
    removeStagedFiles(folder / "artifacts");
    removeHalfMadeJobs(folder / "jobs");
}

} // namespace vitrine
