#include "core/jobs/worker/memory_limit.h"

#include "core/base/format.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <fstream>
#include <new>
#include <string>
#include <sys/resource.h>

namespace vitrine
{
namespace
{

// One thread's stack, and as much to work with.
constexpr std::uint64_t kLeastRoom = std::uint64_t{16} << 20;

std::atomic<bool> memoryRefused{false};

// What this process holds of what RLIMIT_DATA counts.
std::uint64_t heldData()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmData:"))
            return std::strtoull(line.c_str() + 7, nullptr, 10) << 10; // "VmData:    1234 kB"
    return 0;
}

// operator new tells through its handler that it got nothing; malloc and mmap only through what
// their callers make of it.
bool speaksOfMemory(const std::string& message)
{
    static constexpr std::array<std::string_view, 5> kWords = {
        "Cannot allocate memory", "out of memory", "no memory", "bad_alloc",
        "Resource temporarily unavailable"}; // a thread without room for its stack
    return std::ranges::any_of(
        kWords, [&](std::string_view words) { return message.find(words) != std::string::npos; });
}

// Below the hard limit, which stays: so the limit can be lifted again.
void setSoftLimit(rlim_t bytes)
{
    rlimit limit{};
    ::getrlimit(RLIMIT_DATA, &limit);
    limit.rlim_cur = std::min(bytes, limit.rlim_max);
    ::setrlimit(RLIMIT_DATA, &limit);
}

} // namespace

Result<MemoryLimit> MemoryLimit::set(std::uint64_t bytes)
{
    if (bytes == 0)
        return MemoryLimit(0);
    const std::uint64_t held = heldData();
    if (bytes < held + kLeastRoom)
        return failure("the memory limit of {} is too small: the program itself holds {} before "
                       "the run begins; give at least {} MiB",
                       bytesText(bytes), bytesText(held), ((held + kLeastRoom) >> 20) + 1);
    memoryRefused = false;
    std::set_new_handler([] {
        memoryRefused = true;
        throw std::bad_alloc();
    });
    setSoftLimit(bytes);
    return MemoryLimit(bytes);
}

void MemoryLimit::conclude(RunRecord& run) const
{
    if (bytes_ == 0)
        return;
    setSoftLimit(RLIM_INFINITY);
    if (run.state != RunState::failed)
        return;
    if (!memoryRefused && !speaksOfMemory(run.error))
        return;
    run.exitCode = exitCode(ErrorKind::failed);
    run.error = fmt::format("the memory limit of {} was reached: {}", bytesText(bytes_), run.error);
}

Result<std::uint64_t> memoryLimitBytes(double mebibytes)
{
    constexpr double kMost = 1e12; // 2^60 bytes, more than any machine has
    if (!(mebibytes >= 0 && mebibytes <= kMost))
        return argumentError("the memory limit of {} MiB is not a size: give 0 (no limit) to {}",
                             mebibytes, kMost);
    return static_cast<std::uint64_t>(std::ceil(mebibytes * 1024 * 1024));
}

} // namespace vitrine
