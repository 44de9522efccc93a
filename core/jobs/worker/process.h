#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace vitrine
{

// A process of this machine, named so that a reused process number is not mistaken for it.
struct ProcessName {
    pid_t pid = 0;
    std::uint64_t startTicks = 0; // since boot, field 22 of /proc/PID/stat
    std::string boot;             // /proc/sys/kernel/random/boot_id
    std::string startedUtc;       // when the file was written
};

// Nothing where there is no such process, or only its zombie.
std::optional<ProcessName> processName(pid_t pid);
bool isAlive(const ProcessName& process);

Result<void> writePidFile(const std::filesystem::path& path, const ProcessName& process);
std::optional<ProcessName> readPidFile(const std::filesystem::path& path);

// Holds one file descriptor.
class Descriptor
{
public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();

    int get() const { return fd_; }
    bool valid() const { return fd_ >= 0; }
    int release();

private:
    int fd_;
};

// Starts `program arguments...`, a worker, in a process group of its own. Signals are as after
// login, but those that ask for a stop wait until the worker takes them
// (core/jobs/worker/stop_signals.h): one that comes while it starts is not lost and does not kill
// it. Descriptors become its standard input, output and error stream; an invalid one is /dev/null.
// A `lock` that it is to go on holding becomes kSpawnedLock.
Result<pid_t> spawn(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                    const Descriptor& input, const Descriptor& output, const Descriptor& errors,
                    const Descriptor& lock = Descriptor());
inline constexpr int kSpawnedLock = 3;

// Locks of whole files that belong to the open file: they end with the last process that has it
// open, however that ends.
bool takeLock(const Descriptor& file);            // false where another holds it
bool isLocked(const std::filesystem::path& path); // asks only

std::string signalName(int signal); // "SIGSEGV"

// All that can be read without waiting is appended to `text`. False at the end of the stream.
bool drain(int fd, std::string& text);

// The last lines of a log, joined to one, at most `limit` bytes; empty where there are none.
std::string lastWords(const std::filesystem::path& log, std::size_t limit = 300);

} // namespace vitrine
