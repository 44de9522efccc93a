#include "core/store/artifact_files.h"

#include "core/base/hash.h"
#include "core/jobs/bundle_names.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

Result<void> sync(const fs::path& path, int flags)
{
    const int file = ::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC);
    const bool done = file >= 0 && ::fsync(file) == 0;
    const int reason = errno;
    if (file >= 0)
        ::close(file);
    if (!done)
        return failure("cannot write {}: {}", path.string(), std::strerror(reason));
    return {};
}

// A file of a job's folder gets a second name (the first goes with the folder, after the commit:
// until then everybody can read the bundle); anything else is copied.
Result<void> bringNear(const fs::path& from, const fs::path& to, bool ownFile)
{
    std::error_code error;
    if (ownFile) {
        fs::create_hard_link(from, to, error);
        if (!error)
            return sync(to, 0);
    }
    fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
    if (error)
        return failure("cannot copy {} into the workspace: {}", from.string(), error.message());
    return sync(to, 0);
}

bool isInside(const fs::path& file, const fs::path& folder)
{
    const auto relative = file.lexically_normal().lexically_relative(folder.lexically_normal());
    return !relative.empty() && *relative.begin() != "..";
}

} // namespace

Result<void> stageArtifacts(const fs::path& folder, RunRecord& run)
{
    std::error_code error;
    fs::create_directories(folder, error);
    const fs::path jobs = folder.parent_path() / "jobs";
    for (auto& artifact : run.result.artifacts) {
        const auto size = fs::file_size(artifact.path, error);
        if (error)
            return inputError("cannot read the artifact {}: {}", artifact.path.string(),
                              error.message());
        if (artifact.sha256.empty()) {
            VITRINE_TRY(artifact.sha256, sha256OfFile(artifact.path));
            artifact.bytes = size;
        }
        if (!isHex(artifact.sha256, 64) || artifact.bytes != size)
            return inputError("cannot keep the artifact {}: it is not the file that the run wrote",
                              artifact.path.string());
        const fs::path kept = folder / artifact.sha256;
        if (artifact.path == kept)
            continue;
        if (fs::exists(kept, error) && fs::file_size(kept, error) == size)
            continue; // the same content is there; placeArtifacts looks again
        const fs::path staged = folder / (newUid() + ".part");
        VITRINE_CHECK(bringNear(artifact.path, staged, isInside(artifact.path, jobs)));
        artifact.path = staged;
    }
    return {};
}

Result<void> placeArtifacts(const fs::path& folder, RunRecord& run)
{
    std::error_code error;
    for (auto& artifact : run.result.artifacts) {
        const fs::path kept = folder / artifact.sha256;
        if (artifact.path == kept)
            continue;
        if (artifact.path.extension() == ".part")
            fs::rename(artifact.path, kept, error);
        else if (!fs::exists(kept, error)) // removed since it was staged
            fs::copy_file(artifact.path, kept, error);
        if (error)
            return failure("cannot write {}: {}", kept.string(), error.message());
        artifact.path = kept;
    }
    if (run.result.artifacts.empty())
        return {};
    return sync(folder, O_DIRECTORY);
}

void dropStaged(const RunRecord& run)
{
    std::error_code ignored;
    for (const auto& artifact : run.result.artifacts)
        if (artifact.path.extension() == ".part")
            fs::remove(artifact.path, ignored);
}

} // namespace vitrine
