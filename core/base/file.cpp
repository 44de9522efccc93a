#include "core/base/file.h"

#include "core/base/neighbour_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace vitrine
{
namespace
{

constexpr std::uint64_t kPiece = std::uint64_t{1} << 20; // bytes read at a time

class FileDescriptor
{
public:
    explicit FileDescriptor(int fd) : fd_(fd) {}
    ~FileDescriptor()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;

    int get() const { return fd_; }
    bool valid() const { return fd_ >= 0; }

private:
    int fd_;
};

tl::unexpected<Error> cannot(const char* what, const std::filesystem::path& path)
{
    return inputError("cannot {} {}: {}", what, path.string(), std::strerror(errno));
}

// Size of a regular file; pipes and devices are refused because they have none.
Result<std::uint64_t> regularSize(const FileDescriptor& file, const std::filesystem::path& path)
{
    struct stat status {
    };
    if (::fstat(file.get(), &status) != 0)
        return cannot("read", path);
    if (!S_ISREG(status.st_mode))
        return inputError("cannot read {}: it is not a regular file", path.string());
    return static_cast<std::uint64_t>(status.st_size);
}

// At least one byte.
Result<std::size_t> readSome(const FileDescriptor& file, const std::filesystem::path& path,
                             std::span<std::byte> into)
{
    while (true) {
        const ssize_t got = ::read(file.get(), into.data(), into.size());
        if (got > 0)
            return static_cast<std::size_t>(got);
        if (got == 0)
            return inputError("cannot read {}: it became shorter while it was read", path.string());
        if (errno != EINTR)
            return cannot("read", path);
    }
}

} // namespace

Result<std::string> readFile(const std::filesystem::path& path, std::uint64_t limit)
{
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.valid())
        return cannot("read", path);
    VITRINE_TRY(const std::uint64_t size, regularSize(file, path));
    if (size > limit)
        return inputError("cannot read {}: it has {} bytes, at most {} are expected", path.string(),
                          size, limit);

    std::string bytes(size, '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        VITRINE_TRY(const std::size_t got,
                    readSome(file, path, std::as_writable_bytes(std::span(bytes)).subspan(done)));
        done += got;
    }
    return bytes;
}

Result<void> readInPieces(const std::filesystem::path& path,
                          const std::function<Result<void>(std::span<const std::byte>)>& use)
{
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.valid())
        return cannot("read", path);
    VITRINE_TRY(std::uint64_t left, regularSize(file, path));
    std::vector<std::byte> piece(static_cast<std::size_t>(std::min(left, kPiece)));
    while (left > 0) {
        const auto wanted = static_cast<std::size_t>(std::min(left, kPiece));
        VITRINE_TRY(const std::size_t got, readSome(file, path, std::span(piece).first(wanted)));
        VITRINE_CHECK(use(std::span(piece).first(got)));
        left -= got;
    }
    return {};
}

Result<void> writeFileAtomically(const std::filesystem::path& path, std::string_view bytes)
{
    NeighbourFile file(path);
    if (!file.write(std::as_bytes(std::span(bytes))) || !file.finish())
        return failure("cannot write {}: {}", path.string(), std::strerror(errno));
    return {};
}

} // namespace vitrine
