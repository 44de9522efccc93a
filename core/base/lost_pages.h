#pragma once

#include <atomic>
#include <cstddef>
#include <span>

namespace vitrine
{

// Touching a page of a mapped file that is no longer there (the file became shorter, the disk
// failed) raises SIGBUS. Here that signal is caught for all files that are mapped by MappedFile:
// the lost pages become zeros and the file is marked, or the process says which file it was and
// ends. A SIGBUS of another origin ends the process as it always did.

// A mapped file as the signal handler sees it.
struct GuardedMapping {
    std::atomic<bool> taken{false};
    std::atomic<const std::byte*> begin{nullptr}; // set last, cleared first
    std::atomic<std::size_t> size{0};
    std::atomic<const char*> path{nullptr};
    std::atomic<int> file{-1};
    std::atomic<bool> lost{false}; // some of its pages are zeros now
};

// `path` and the open file must stay as long as the guard. nullptr where too many are guarded.
GuardedMapping* guardMapping(std::span<const std::byte> bytes, const char* path, int file);
void endGuard(GuardedMapping* mapping);

// From now on a lost page ends the process: one line on the error stream, exit code 3. For workers,
// whose death costs one run.
void endAtLostPages();

// A stack of its own for the calling thread's signal handlers. Needed where generated code runs
// that keeps the stack pointer in a buffer (oneDNN's matrix products): a handler that runs on that
// would overwrite the heap.
void useSignalStack();

} // namespace vitrine
