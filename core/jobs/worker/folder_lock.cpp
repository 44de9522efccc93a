#include "core/jobs/worker/folder_lock.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>

namespace vitrine
{
namespace
{

bool lockFolder(const Descriptor& folder, int how)
{
    int answer = 0;
    do
        answer = ::flock(folder.get(), how);
    while (answer != 0 && errno == EINTR);
    return answer == 0;
}

Descriptor openFolder(const std::filesystem::path& folder)
{
    return Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

} // namespace

std::optional<FolderLock> FolderLock::shared(const std::filesystem::path& folder)
{
    Descriptor opened = openFolder(folder);
    if (!opened.valid() || !lockFolder(opened, LOCK_SH))
        return std::nullopt;
    return FolderLock(std::move(opened));
}

std::optional<FolderLock> FolderLock::alone(const std::filesystem::path& folder)
{
    Descriptor opened = openFolder(folder);
    if (!opened.valid() || !lockFolder(opened, LOCK_EX | LOCK_NB))
        return std::nullopt;
    return FolderLock(std::move(opened));
}

} // namespace vitrine
