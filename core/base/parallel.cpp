#include "core/base/parallel.h"

#include "core/base/lost_pages.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace vitrine
{
namespace
{

using Clock = std::chrono::steady_clock;

// How long an idle worker looks for the next loop before it sleeps: inner loops of a decoder follow
// within microseconds.
constexpr auto kSpin = std::chrono::microseconds(60);

// A moment of a waiting loop. The system is not asked (std::this_thread::yield): where another
// program has work it takes the processor away for milliseconds, longer than most loops last.
void waitAMoment()
{
    for (int i = 0; i < 8; ++i) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        asm volatile("yield");
#else
        std::this_thread::yield();
#endif
    }
}

thread_local bool insideLoop = false;

std::atomic<int> configuredThreads{0};

struct Loop {
    const std::function<void(std::size_t)>* body = nullptr;
    std::size_t count = 0;
    std::atomic<std::size_t> next{0};

    void work()
    {
        insideLoop = true;
        for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1))
            (*body)(i);
        insideLoop = false;
    }
};

// Helpers come to a loop if they are awake in time and are never waited for otherwise: the caller
// closes the loop when no items are left and then waits only for those that are at work.
class Pool
{
public:
    ~Pool()
    {
        stopping_.store(true);
        door_.fetch_add(2); // another generation, still closed
        door_.notify_all();
        for (auto& thread : threads_)
            thread.join();
    }

    // False where another thread's loop holds the pool: the caller then works alone.
    bool run(Loop& loop, int helpers)
    {
        const std::unique_lock busy(busy_, std::try_to_lock);
        if (!busy.owns_lock())
            return false;
        while (static_cast<int>(threads_.size()) < helpers)
            threads_.emplace_back(
                [this, index = static_cast<int>(threads_.size())] { serve(index); });
        loop_ = &loop;
        wanted_ = helpers;
        ++door_; // opens
        door_.notify_all();
        loop.work();
        ++door_; // closes
        waitUntilAlone();
        return true;
    }

private:
    static bool isOpen(std::uint32_t door) { return door % 2 == 1; }

    void waitUntilAlone()
    {
        const auto patience = Clock::now() + kSpin;
        int inside = inside_.load();
        while (inside > 0 && Clock::now() < patience) {
            waitAMoment();
            inside = inside_.load();
        }
        for (; inside > 0; inside = inside_.load())
            inside_.wait(inside);
    }

    // Entering and closing cannot miss each other: a helper counts itself in before it looks at the
    // door again, the caller closes the door before it looks at the count.
    void help(std::uint32_t door, int index)
    {
        ++inside_;
        if (door_.load() == door && index < wanted_)
            loop_->work();
        if (--inside_ == 0)
            inside_.notify_all();
    }

    void serve(int index)
    {
        useSignalStack(); // bodies multiply matrices
        for (std::uint32_t seen = 0; !stopping_.load();) {
            const std::uint32_t door = next(seen);
            if (isOpen(door))
                help(door, index);
            seen = door;
        }
    }

    std::uint32_t next(std::uint32_t seen)
    {
        const auto patience = Clock::now() + kSpin;
        while (door_.load() == seen && Clock::now() < patience)
            waitAMoment();
        door_.wait(seen);
        return door_.load();
    }

    std::mutex busy_;
    std::vector<std::thread> threads_;
    std::atomic<std::uint32_t> door_{0}; // odd: a loop is open
    std::atomic<int> inside_{0};         // helpers at work
    std::atomic<bool> stopping_{false};
    Loop* loop_ = nullptr;
    int wanted_ = 0;
};

Pool& pool()
{
    static Pool instance;
    return instance;
}

} // namespace

int threadCount()
{
    const int configured = configuredThreads.load();
    return configured > 0 ? configured : std::max(1u, std::thread::hardware_concurrency());
}

void setThreadCount(int threads)
{
    configuredThreads.store(std::max(0, threads));
}

void parallelFor(std::size_t count, const std::function<void(std::size_t)>& body, int threads)
{
    const auto wanted = static_cast<std::size_t>(threads > 0 ? threads : threadCount());
    const int helpers = static_cast<int>(std::min(wanted, count)) - 1;

    Loop loop{.body = &body, .count = count};
    if (helpers >= 1 && !insideLoop && pool().run(loop, helpers))
        return;
    for (std::size_t i = 0; i < count; ++i)
        body(i);
}

} // namespace vitrine
