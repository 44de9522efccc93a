#include "core/base/neighbour_file.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace vitrine
{
namespace
{

// So that the new name is on the disk too.
void syncFolder(const std::filesystem::path& folder)
{
    const int fd =
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    ::fsync(fd);
    ::close(fd);
}

} // namespace

NeighbourFile::NeighbourFile(const std::filesystem::path& path)
    : path_(path), name_(path.string() + ".XXXXXX")
{
    fd_ = ::mkostemp(name_.data(), O_CLOEXEC);
    isThere_ = fd_ >= 0;
}

NeighbourFile::~NeighbourFile()
{
    if (fd_ >= 0)
        ::close(fd_);
    if (isThere_)
        ::unlink(name_.c_str());
}

bool NeighbourFile::write(std::span<const std::byte> bytes) const
{
    while (fd_ >= 0 && !bytes.empty()) {
        const ssize_t done = ::write(fd_, bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    return fd_ >= 0;
}

bool NeighbourFile::finish()
{
    if (fd_ < 0)
        return false;
    const mode_t mask = ::umask(0);
    ::umask(mask);
    ::fchmod(fd_, 0666 & ~mask); // not every file system knows modes
    if (::fsync(fd_) != 0 || ::close(std::exchange(fd_, -1)) != 0 ||
        ::rename(name_.c_str(), path_.c_str()) != 0)
        return false;
    isThere_ = false;
    syncFolder(path_.parent_path());
    return true;
}

} // namespace vitrine
