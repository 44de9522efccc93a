#include "core/jobs/worker/job_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>

namespace vitrine
{

Result<Descriptor> openJobFile(const std::filesystem::path& path, int flags)
{
    Descriptor file(
        ::open(path.c_str(), flags | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0666));
    struct stat status {
    };
    if (file.valid() ? ::fstat(file.get(), &status) == 0 && !S_ISREG(status.st_mode)
                     : errno == ELOOP || errno == ENXIO || errno == EISDIR)
        return failure("cannot open {}: it is not a regular file", path.string());
    if (!file.valid())
        return failure("cannot open {}: {}", path.string(), std::strerror(errno));
    return file;
}

} // namespace vitrine
