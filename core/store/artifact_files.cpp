#include "core/store/artifact_files.h"

#include "core/base/hash.h"
#include "core/jobs/bundle/bundle_names.h"

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

bool isStaged(const fs::path& file)
{
    return file.extension() == kStagedFile;
}

fs::path newStagedFile(const fs::path& folder)
{
    return folder / (newUid() + std::string(kStagedFile));
}

bool isInside(const fs::path& file, const fs::path& folder)
{
    const auto relative = file.lexically_normal().lexically_relative(folder.lexically_normal());
    return !relative.empty() && *relative.begin() != "..";
}

} // namespace

Result<fs::path> artifactFile(const fs::path& folder, const std::string& sha256)
{
    if (!isSha256(sha256))
        return inputError(
            "an artifact of {} has no sound SHA-256 (64 hexadecimal digits), so it has no "
            "file",
            folder.parent_path().string());
    return folder / sha256;
}

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
        VITRINE_TRY(const fs::path kept, artifactFile(folder, artifact.sha256));
        if (artifact.bytes != size)
            return inputError("cannot keep the artifact {}: it is not the file that the run wrote",
                              artifact.path.string());
        if (artifact.path == kept)
            continue;
        if (isRealFile(kept) && fs::file_size(kept, error) == size)
            continue; // the same content is there; placeArtifacts looks again
        const fs::path staged = newStagedFile(folder);
        VITRINE_CHECK(bringNear(artifact.path, staged, isInside(artifact.path, jobs)));
        artifact.path = staged;
    }
    return {};
}

Result<void> placeArtifacts(const fs::path& folder, RunRecord& run)
{
    std::error_code error;
    for (auto& artifact : run.result.artifacts) {
        VITRINE_TRY(const fs::path kept, artifactFile(folder, artifact.sha256));
        if (artifact.path == kept)
            continue;
        if (!isStaged(artifact.path) && !isRealFile(kept)) { // removed since it was staged
            const fs::path staged = newStagedFile(folder);
            VITRINE_CHECK(bringNear(artifact.path, staged, false));
            artifact.path = staged;
        }
        if (isStaged(artifact.path))
            fs::rename(artifact.path, kept, error);
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
        if (isStaged(artifact.path))
            fs::remove(artifact.path, ignored);
}

} // namespace vitrine
