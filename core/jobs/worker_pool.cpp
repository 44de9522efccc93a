#include "core/jobs/worker_pool.h"

#include <memory>
#include <poll.h>
#include <unistd.h>
#include <vector>

namespace vitrine
{
namespace
{

using Workers = std::vector<std::unique_ptr<Worker>>;

constexpr int kWaitMs = 50;
constexpr unsigned kEndingMicroseconds = 2000;

void waitForAny(const Workers& workers)
{
    std::vector<pollfd> ready;
    for (const auto& worker : workers)
        ready.push_back({.fd = worker->fileDescriptor(), .events = POLLIN, .revents = 0});
    ::poll(ready.data(), ready.size(), kWaitMs);
    for (const pollfd& one : ready)
        if ((one.revents & POLLIN) == 0 && (one.revents & POLLHUP) != 0) {
            ::usleep(kEndingMicroseconds); // a stream has ended and its process is about to
            return;
        }
}

// Takes those that have ended out of the list.
void collectEnded(Workers& workers, const PoolHooks& hooks)
{
    std::erase_if(workers, [&](const std::unique_ptr<Worker>& worker) {
        if (worker->poll([](const WorkerEvent&) {}))
            return false;
        hooks.ended(worker->collect());
        return true;
    });
}

} // namespace

Result<void> runPool(const std::filesystem::path& program, int parallel, const PoolHooks& hooks)
{
    Workers workers;
    Result<void> outcome;
    bool more = true, stopping = false;
    while (more || !workers.empty()) {
        if (!stopping && hooks.stop()) {
            stopping = true;
            more = false;
            for (const auto& worker : workers)
                worker->cancel();
        }
        while (more && workers.size() < static_cast<std::size_t>(parallel)) {
            const auto folder = hooks.next();
            if (!folder) {
                more = false;
                break;
            }
            auto worker = Worker::start(program, *folder);
            if (!worker) {
                outcome = tl::unexpected(worker.error());
                more = false;
                break;
            }
            workers.push_back(*std::move(worker));
        }
        if (workers.empty())
            continue;
        waitForAny(workers);
        collectEnded(workers, hooks);
    }
    return outcome;
}

} // namespace vitrine
