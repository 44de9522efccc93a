#include "core/base/regular_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace vitrine
{

Result<RegularFile> RegularFile::open(const std::filesystem::path& path)
{
    // Without O_NONBLOCK, opening a pipe waits for somebody who writes to it.
    RegularFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {
    };
    if (file.descriptor_ < 0 || ::fstat(file.descriptor_, &status) != 0)
        return inputError("cannot read {}: {}", path.string(), std::strerror(errno));
    if (!S_ISREG(status.st_mode))
        return inputError("cannot read {}: it is not a regular file", path.string());
    return file;
}

RegularFile::RegularFile(RegularFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1))
{
}

RegularFile& RegularFile::operator=(RegularFile&& other) noexcept
{
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

RegularFile::~RegularFile()
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

std::uint64_t RegularFile::size() const
{
    struct stat status {
    };
    return ::fstat(descriptor_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

std::int64_t RegularFile::readAt(std::uint64_t offset, std::span<std::byte> bytes) const
{
    while (true) {
        const ssize_t got =
            ::pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (got >= 0)
            return got;
        if (errno != EINTR)
            return -errno;
    }
}

} // namespace vitrine
