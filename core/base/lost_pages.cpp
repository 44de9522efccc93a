#include "core/base/lost_pages.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vitrine
{
namespace
{

constexpr std::size_t kMostMappings = 4096;
constexpr int kUnreadableInput = 3; // exit code

// Fixed and without locks: the handler may look at it at any moment.
std::array<GuardedMapping, kMostMappings> guardedMappings;
std::atomic<bool> endsProcess{false};
std::atomic<std::uintptr_t> pageSize{4096};
struct sigaction actionBefore;

static_assert(std::atomic<const std::byte*>::is_always_lock_free &&
                  std::atomic<std::size_t>::is_always_lock_free &&
                  std::atomic<bool>::is_always_lock_free,
              "read in a signal handler");

std::uintptr_t roundedToPage(std::uintptr_t address)
{
    return (address + pageSize - 1) & ~(pageSize - 1);
}

// What follows runs in the signal handler: async-signal-safe calls only.

GuardedMapping* mappingAt(std::uintptr_t address)
{
    for (GuardedMapping& mapping : guardedMappings) {
        const auto begin = reinterpret_cast<std::uintptr_t>(mapping.begin.load());
        if (begin != 0 && address >= begin && address < roundedToPage(begin + mapping.size))
            return &mapping;
    }
    return nullptr;
}

void writeLastWords(const char* text)
{
    (void)!::write(STDERR_FILENO, text, std::strlen(text));
}

[[noreturn]] void endNaming(const GuardedMapping& mapping)
{
    struct stat status {
    };
    const bool shorter = ::fstat(mapping.file, &status) == 0 &&
                         static_cast<std::uint64_t>(status.st_size) < mapping.size;
    writeLastWords("cannot go on: ");
    writeLastWords(mapping.path);
    writeLastWords(shorter ? " became shorter while it was read\n" : " can no longer be read\n");
    ::_exit(kUnreadableInput);
}

bool putZeros(const GuardedMapping& mapping, std::uintptr_t address)
{
    const std::uintptr_t first = address & ~(pageSize - 1);
    const std::uintptr_t end =
        roundedToPage(reinterpret_cast<std::uintptr_t>(mapping.begin.load()) + mapping.size);
    return ::mmap(reinterpret_cast<void*>(first), end - first, PROT_READ,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) != MAP_FAILED;
}

void onLostPage(int number, siginfo_t* info, void*)
{
    const int error = errno;
    const bool isFault = info->si_code > 0;
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    if (GuardedMapping* mapping = isFault ? mappingAt(address) : nullptr) {
        if (endsProcess)
            endNaming(*mapping);
        mapping->lost = true;
        if (putZeros(*mapping, address)) {
            errno = error;
            return;
        }
    }
    // Not ours: the access is tried again and meets what was there before.
    ::sigaction(SIGBUS, &actionBefore, nullptr);
    if (!isFault)
        ::raise(number);
    errno = error;
}

void catchLostPages()
{
    static std::once_flag once;
    std::call_once(once, [] {
        pageSize = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
        struct sigaction action {
        };
        action.sa_sigaction = onLostPage;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        ::sigfillset(&action.sa_mask);
        ::sigaction(SIGBUS, &action, &actionBefore);
    });
}

class SignalStack
{
public:
    SignalStack()
    {
        stack_t now{};
        if (::sigaltstack(nullptr, &now) != 0 || (now.ss_flags & SS_DISABLE) == 0)
            return; // a library has given one
        const std::size_t size = std::max<std::size_t>(
            std::size_t{64} << 10, static_cast<std::size_t>(::sysconf(_SC_SIGSTKSZ)));
        memory_ = std::make_unique<std::byte[]>(size);
        now = {.ss_sp = memory_.get(), .ss_flags = 0, .ss_size = size};
        ::sigaltstack(&now, nullptr);
    }
    ~SignalStack()
    {
        if (!memory_)
            return;
        const stack_t none{.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
        ::sigaltstack(&none, nullptr);
    }
    SignalStack(const SignalStack&) = delete;
    SignalStack& operator=(const SignalStack&) = delete;

private:
    std::unique_ptr<std::byte[]> memory_;
};

} // namespace

GuardedMapping* guardMapping(std::span<const std::byte> bytes, const char* path, int file)
{
    catchLostPages();
    for (GuardedMapping& mapping : guardedMappings) {
        if (mapping.taken.exchange(true))
            continue;
        mapping.size = bytes.size();
        mapping.path = path;
        mapping.file = file;
        mapping.lost = false;
        mapping.begin = bytes.data();
        return &mapping;
    }
    return nullptr;
}

void endGuard(GuardedMapping* mapping)
{
    mapping->begin = nullptr;
    mapping->taken = false;
}

void endAtLostPages()
{
    endsProcess = true;
}

void useSignalStack()
{
    thread_local const SignalStack stack;
}

} // namespace vitrine
