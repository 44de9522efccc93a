#include "core/store/copy_workspace.h"

#include "core/jobs/bundle/bundle_names.h"
#include "core/jobs/worker/folder_lock.h"
#include "core/store/artifact_files.h"
#include "core/store/schema.h"

#include <vector>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

fs::path beside(const fs::path& workspace)
{
    return fs::path(workspace.string() + ".d");
}

// The database while it is copied.
fs::path halfOf(const fs::path& workspace)
{
    return fs::path(workspace.string() + ".copy");
}

// What a copy to the same name has left that was killed.
void removeHalfCopy(const fs::path& to)
{
    std::error_code error;
    const auto nobody = FolderLock::alone(beside(to));
    if (fs::exists(to, error) || !nobody || !isRealFile(halfOf(to)))
        return;
    for (const auto& part : {beside(to), halfOf(to)})
        fs::remove_all(part, error);
}

// Goes with everything in it unless it is kept.
struct Half {
    std::vector<fs::path> paths;
    ~Half()
    {
        std::error_code ignored;
        for (const auto& path : paths)
            fs::remove_all(path, ignored);
    }
};

Result<std::vector<std::string>> artifactsOf(const fs::path& workspace)
{
    VITRINE_TRY(const auto database, openWorkspace(workspace, Access::readOnly));
    std::vector<std::string> hashes;
    auto query = database.prepare("SELECT DISTINCT sha256 FROM artifacts ORDER BY sha256");
    while (query.step())
        hashes.push_back(query.text(0));
    VITRINE_CHECK(query.ok());
    return hashes;
}

Result<void> bring(const fs::path& from, const fs::path& to)
{
    std::error_code error;
    fs::create_hard_link(from, to, error);
    if (error)
        fs::copy_file(from, to, error); // another file system, or one without links
    if (error)
        return failure("cannot copy {} to {}: {}", from.string(), to.string(), error.message());
    return {};
}

} // namespace

Result<void> copyWorkspace(const fs::path& from, const fs::path& to,
                           const std::function<bool(double)>& progress)
{
    std::error_code error;
    removeHalfCopy(to);
    for (const auto& taken : {to, beside(to)}) {
        if (fs::exists(taken, error))
            return argumentError("{} is there already: choose another name", taken.string());
    }
    if (fs::is_symlink(beside(from) / "artifacts", error))
        return inputError("cannot copy {}: its folder of artifacts is a link", from.string());
    Half half{{beside(to), halfOf(to)}};
    fs::create_directories(beside(to) / "artifacts", error);
    if (error)
        return failure("cannot make {}: {}", beside(to).string(), error.message());
    const auto copying = FolderLock::shared(beside(to));

    {
        VITRINE_TRY(const auto database, openWorkspace(from));
        auto copy = database.prepare("VACUUM INTO ?");
        copy.bind(half.paths[1].string());
        VITRINE_CHECK(copy.run());
    }
    VITRINE_TRY(const auto hashes, artifactsOf(half.paths[1]));
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        if (progress && !progress(static_cast<double>(i) / static_cast<double>(hashes.size())))
            return cancelled();
        const auto source = artifactFile(beside(from) / "artifacts", hashes[i]);
        if (!source || fs::is_symlink(*source, error))
            continue; // names nothing of the workspace; loading the run tells of it, there as here
        VITRINE_CHECK(bring(*source, beside(to) / "artifacts" / source->filename()));
    }
    fs::rename(half.paths[1], to, error);
    if (error)
        return failure("cannot write {}: {}", to.string(), error.message());
    half.paths = {fs::path(to.string() + ".copy-wal"), fs::path(to.string() + ".copy-shm")};
    return {};
}

} // namespace vitrine
