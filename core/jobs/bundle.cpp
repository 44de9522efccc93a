#include "core/jobs/bundle.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/in_file.h"
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

constexpr std::uint64_t kWholeHash = std::uint64_t{1} << 30; // above it only the ends are hashed
constexpr std::uint64_t kEnd = std::uint64_t{1} << 20;
constexpr std::uint64_t kRunJsonLimit = std::uint64_t{1} << 30;

Result<std::string> hashOfEnds(const fs::path& path)
{
    VITRINE_TRY(const MappedFile file, MappedFile::open(path));
    const auto bytes = file.bytes();
    const std::uint64_t size = bytes.size();
    Sha256 hash;
    hash.add(std::as_bytes(std::span(&size, 1)));
    hash.add(bytes.first(kEnd));
    hash.add(bytes.last(kEnd));
    return "part:" + hash.hex();
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

Result<void> checkArtifact(const fs::path& folder, Artifact& artifact)
{
    artifact.path = folder / artifact.name;
    std::error_code error;
    if (!fs::is_regular_file(fs::symlink_status(artifact.path, error)))
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

Result<InputFile> hashInput(std::string parameter, const fs::path& path)
{
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error)
        return inputError("cannot read {}: {}", path.string(), error.message());
    InputFile input;
    input.parameter = std::move(parameter);
    input.path = fs::absolute(path, error).string();
    input.bytes = size;
    VITRINE_TRY(input.sha256, size > kWholeHash ? hashOfEnds(path) : sha256OfFile(path));
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
    return writeFileAtomically(folder / "run.json", dumpJson(json));
}

Result<RunRecord> readBundle(const fs::path& folder)
{
    const fs::path path = folder / "run.json";
    VITRINE_TRY(const std::string text, readFile(path, kRunJsonLimit));
    VITRINE_TRY(const Json json, parseJson(text, path.string(), {.values = 20'000'000}));
    VITRINE_TRY(RunRecord run, inFile(path.string(), parseBundleJson(json)));
    for (auto& artifact : run.result.artifacts)
        VITRINE_CHECK(checkArtifact(folder / "artifacts", artifact));
    return run;
}

} // namespace vitrine
