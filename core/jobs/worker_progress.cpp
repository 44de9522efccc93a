#include "core/jobs/worker_progress.h"

#include "core/base/file.h"
#include "core/jobs/worker_lines.h"

#include <atomic>
#include <csignal>
#include <fstream>
#include <unistd.h>

namespace vitrine
{
namespace
{

constexpr auto kLineEvery = std::chrono::milliseconds(50);
constexpr auto kFileEvery = std::chrono::milliseconds(250);
constexpr std::uint64_t kStateLimit = std::uint64_t{4} << 30;

std::atomic<bool> stopAsked{false}, pauseAsked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set in a signal handler");

void onSignal(int number)
{
    if (number == SIGUSR1)
        pauseAsked = true;
    else
        pauseAsked = false; // a cancel after a pause is a cancel
    stopAsked = true;
}

} // namespace

void catchWorkerSignals()
{
    struct sigaction action {
    };
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART;
    for (const int number : {SIGTERM, SIGINT, SIGUSR1})
        ::sigaction(number, &action, nullptr);
    action.sa_handler = SIG_IGN;
    for (const int number : {SIGPIPE, SIGHUP})
        ::sigaction(number, &action, nullptr);
}

bool isStopAsked()
{
    return stopAsked;
}

bool isPauseAsked()
{
    return pauseAsked;
}

WorkerProgress::WorkerProgress(JobFolder folder) : folder_(std::move(folder)), lines_(STDOUT_FILENO)
{
}

bool WorkerProgress::advance(double done, double total, std::string_view what)
{
    const auto now = Clock::now();
    const bool last = done >= total;
    if (now - lastLine_ < kLineEvery && !last)
        return !isStopAsked();
    lastLine_ = now;
    WorkerEvent event;
    event.kind = WorkerEvent::Kind::progress;
    event.done = done;
    event.total = total;
    event.text = what;
    const std::string line = eventLine(event);
    lines_.write(line);
    if (now - lastFile_ >= kFileEvery) {
        lastFile_ = now;
        // Renamed into place, never seen half; not synced, since it matters to the living only.
        const auto part = folder_.path / "progress.part";
        std::ofstream(part) << line << '\n';
        std::error_code ignored;
        std::filesystem::rename(part, folder_.progress(), ignored);
    }
    return !isStopAsked();
}

void WorkerProgress::message(std::string_view line)
{
    WorkerEvent event;
    event.kind = WorkerEvent::Kind::message;
    event.text = line;
    lines_.write(eventLine(event));
}

void WorkerProgress::partial(const Table& table)
{
    WorkerEvent event;
    event.kind = WorkerEvent::Kind::partial;
    event.table = table;
    lines_.write(eventLine(event));
}

void WorkerProgress::state(std::string_view name)
{
    WorkerEvent event;
    event.kind = WorkerEvent::Kind::state;
    event.text = name;
    lines_.write(eventLine(event));
}

std::filesystem::path WorkerProgress::artifactFolder() const
{
    return folder_.bundle() / "artifacts";
}

Result<void> WorkerProgress::saveState(std::string_view bytes)
{
    return writeFileAtomically(folder_.savedState(), bytes);
}

std::optional<std::string> WorkerProgress::loadState() const
{
    auto bytes = readFile(folder_.savedState(), kStateLimit);
    return bytes ? std::optional(*std::move(bytes)) : std::nullopt;
}

} // namespace vitrine
