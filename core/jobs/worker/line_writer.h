#pragma once

#include <mutex>
#include <string>
#include <string_view>

namespace vitrine
{

// Writes whole lines to a descriptor that somebody may or may not read. Never waits for a reader:
// while one is behind, new lines are dropped (the newest progress comes again); when it is gone,
// all are. Any thread.
class LineWriter
{
public:
    explicit LineWriter(int fd);

    void write(std::string_view line);

private:
    void flush();

    std::mutex mutex_;
    int fd_;
    bool gone_ = false;
    std::string waiting_;
};

} // namespace vitrine
