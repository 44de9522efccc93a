#include "core/jobs/worker/worker_pool.h"

#include "core/jobs/worker/job_folder.h"
#include "core/jobs/worker/left_over.h"

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
constexpr int kRegisteringMs = 5, kLongestRegisteringMs = 60'000;
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

// What becomes of a job folder: a worker, or at once its record.
struct Begun {
    std::unique_ptr<Worker> worker;
    std::optional<RunRecord> record;
};

// A worker that nobody follows any more, since what started it was killed, is followed; what it has
// finished meanwhile is taken; else one is started.
Result<Begun> beginJob(const std::filesystem::path& program, const std::filesystem::path& path)
{
    const JobFolder folder{path};
    for (int waited = 0; folder.isRunning(); waited += kRegisteringMs) {
        if (auto running = Worker::attach(path))
            return Begun{*std::move(running), {}};
        if (waited > kLongestRegisteringMs)
            break;                       // start() says what is in the way
        ::usleep(1000 * kRegisteringMs); // it has begun and is about to register
    }
    if (folder.hasBundle())
        if (const auto job = readJob(path))
            return Begun{nullptr, collectLeftOver(folder, *job, "")};
    VITRINE_TRY(auto worker, Worker::start(program, path));
    return Begun{std::move(worker), {}};
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
            auto begun = beginJob(program, *folder);
            if (!begun) {
                outcome = tl::unexpected(begun.error());
                more = false;
                break;
            }
            if (begun->record) {
                hooks.ended(*begun->record);
                break; // `stop` is asked before the next
            }
            workers.push_back(std::move(begun->worker));
        }
        if (workers.empty())
            continue;
        waitForAny(workers);
        collectEnded(workers, hooks);
    }
    return outcome;
}

} // namespace vitrine
