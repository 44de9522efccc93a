#include "core/jobs/worker/line_writer.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vitrine
{
namespace
{

constexpr std::size_t kPatience = std::size_t{1} << 20; // bytes kept for a reader that is behind

} // namespace

LineWriter::LineWriter(int fd) : fd_(fd)
{
    // Only a pipe of our own is made non-blocking: the setting of a terminal is shared with the
    // shell.
    struct stat status {
    };
    if (::fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)))
        ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void LineWriter::write(std::string_view line)
{
    const std::lock_guard lock(mutex_);
    if (gone_)
        return;
    flush();
    if (waiting_.size() > kPatience)
        return;
    waiting_.append(line);
    waiting_ += '\n';
    flush();
}

void LineWriter::flush()
{
    std::size_t done = 0;
    while (done < waiting_.size()) {
        const ssize_t written = ::write(fd_, waiting_.data() + done, waiting_.size() - done);
        if (written >= 0)
            done += static_cast<std::size_t>(written);
        else if (errno == EAGAIN)
            break;
        else if (errno != EINTR) {
            gone_ = true;
            done = waiting_.size();
        }
    }
    waiting_.erase(0, done);
}

} // namespace vitrine
