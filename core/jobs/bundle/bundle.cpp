#include "core/jobs/bundle/bundle.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/base/in_file.h"
#include "core/base/json.h"
#include "core/base/mapped_file.h"
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

constexpr std::uint64_t kLongHash = std::uint64_t{64}
                                    << 20; // above it, hashing is told as progress

HashProgress hashProgress(const fs::path& path, Progress* progress)
{
    if (progress == nullptr)
        return {};
    return [progress, what = "bytes of " + path.filename().string()](std::uint64_t done,
                                                                     std::uint64_t total) {
        if (total < kLongHash)
            return true;
        return progress->advance(static_cast<double>(done), static_cast<double>(total), what);
    };
}

// The bytes must be on the disk before run.json says that the bundle is whole.
Result<void> sync(const fs::path& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool done = file >= 0 && ::fsync(file) == 0;
    const int reason = errno;
    if (file >= 0)
        ::close(file);
    if (!done)
        return failure("cannot write {}: {}", path.string(), std::strerror(reason));
    return {};
}

Result<void> moveInto(const fs::path& from, const fs::path& to)
{
    std::error_code error;
    if (from == to || fs::equivalent(from, to, error))
        return {};
    fs::rename(from, to, error);
    if (error) {
        fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
        if (error)
            return failure("cannot write {}: {}", to.string(), error.message());
        fs::remove(from, error);
    }
    return {};
}

Result<void> keepArtifact(const fs::path& folder, Artifact& artifact)
{
    if (!isPlainFileName(artifact.name))
        return failure("the artifact \"{}\" has no plain file name", artifact.name);
    const fs::path path = folder / artifact.name;
    VITRINE_CHECK(moveInto(artifact.path, path));
    VITRINE_CHECK(sync(path));
    VITRINE_TRY(artifact.sha256, sha256OfFile(path));
    std::error_code error;
    artifact.bytes = fs::file_size(path, error);
    artifact.path = path;
    return {};
}

// Objects, arrays, keys and scalars, as parseJson counts them.
std::uint64_t valuesIn(const Json& json)
{
    std::uint64_t values = 1;
    if (json.is_object())
        values += json.size(); // the keys
    if (json.is_structured())
        for (const auto& item : json)
            values += valuesIn(item);
    return values;
}

Result<void> checkArtifact(const fs::path& folder, Artifact& artifact)
{
    artifact.path = folder / artifact.name;
    std::error_code error;
    if (!isRealFile(artifact.path))
        return inputError("cannot read the bundle: the artifact {} is missing",
                          artifact.path.string());
    if (fs::file_size(artifact.path, error) != artifact.bytes)
        return inputError("cannot read the bundle: {} has not the size that run.json states",
                          artifact.path.string());
    VITRINE_TRY(const std::string hash, sha256OfFile(artifact.path));
    if (hash != artifact.sha256)
        return inputError("cannot read the bundle: {} is not the file that was written (its "
                          "SHA-256 differs)",
                          artifact.path.string());
    return {};
}

} // namespace

Result<InputFile> hashInput(std::string parameter, const fs::path& path, Progress* progress)
{
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error)
        return inputError("cannot read {}: {}", path.string(), error.message());
    InputFile input;
    input.parameter = std::move(parameter);
    input.path = fs::absolute(path, error).string();
    input.bytes = size;
    VITRINE_TRY(input.sha256, sha256OfFile(path, hashProgress(path, progress)));
    return input;
}

Result<void> writeBundle(const fs::path& folder, RunRecord& run)
{
    std::error_code error;
    fs::create_directories(folder / "artifacts", error);
    if (error)
        return failure("cannot write {}: {}", folder.string(), error.message());
    for (auto& artifact : run.result.artifacts)
        VITRINE_CHECK(keepArtifact(folder / "artifacts", artifact));
    Json json = bundleJson(run);
    for (auto& artifact : json["artifacts"])
        artifact.erase("path"); // they lie beside run.json, wherever the bundle goes
    const std::string text = dumpJson(json);
    if (text.size() > kRunJsonBytes || valuesIn(json) > kRunJsonValues)
        return failure("the result is too large to be kept: {} in {} values, at most {} in {} are: "
                       "put large data into an artifact",
                       bytesText(text.size()), valuesIn(json), bytesText(kRunJsonBytes),
                       kRunJsonValues);
    return writeFileAtomically(folder / "run.json", text);
}

Result<RunRecord> readBundle(const fs::path& folder)
{
    std::error_code error;
    const fs::path path = folder / "run.json";
    for (const fs::path& part : {folder, folder / "artifacts", path})
        if (fs::is_symlink(part, error))
            return inputError("cannot read the bundle: {} is a link", part.string());
    VITRINE_TRY(std::string text, readFile(path, kRunJsonBytes));
    VITRINE_TRY(Json json, parseJson(text, path.string(), {.values = kRunJsonValues}));
    std::string().swap(text); // not three forms of the same at once
    VITRINE_TRY(RunRecord run, inFile(path.string(), parseBundleJson(json)));
    json = nullptr;
    for (auto& artifact : run.result.artifacts)
        VITRINE_CHECK(checkArtifact(folder / "artifacts", artifact));
    return run;
}

} // namespace vitrine
