#include "core/jobs/worker/worker_progress.h"

#include "core/base/file.h"
#include "core/base/lost_pages.h"
#include "core/base/mapped_file.h"
#include "core/jobs/worker/job_file.h"
#include "core/jobs/worker/worker_lines.h"

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace vitrine
{
namespace
{

constexpr auto kLineEvery = std::chrono::milliseconds(50);
constexpr auto kFileEvery = std::chrono::milliseconds(250);
constexpr std::uint64_t kStateLimit = std::uint64_t{4} << 30;

} // namespace

void prepareWorker()
{
    takeStopSignals();
    useSignalStack();
    endAtLostPages();
    struct sigaction action {
    };
    action.sa_handler = SIG_IGN;
    for (const int number : {SIGPIPE, SIGHUP})
        ::sigaction(number, &action, nullptr);
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
        writeProgressFile(line + '\n');
    }
    return !isStopAsked();
}

// Renamed into place, never seen half; not synced, since it matters to the living only.
void WorkerProgress::writeProgressFile(const std::string& line) const
{
    const auto part = folder_.path / "progress.part";
    const auto file = openJobFile(part, O_WRONLY | O_CREAT | O_TRUNC);
    std::error_code ignored;
    if (file && ::write(file->get(), line.data(), line.size()) == static_cast<ssize_t>(line.size()))
        std::filesystem::rename(part, folder_.progress(), ignored);
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

std::filesystem::path WorkerProgress::stateFolder() const
{
    return folder_.stateFiles();
}

Result<void> WorkerProgress::saveState(std::string_view bytes)
{
    VITRINE_CHECK(MappedFile::allUnchanged()); // what came from a damaged file must not go on
    return writeFileAtomically(folder_.savedState(), bytes);
}

std::optional<std::string> WorkerProgress::loadState() const
{
    auto bytes = readFile(folder_.savedState(), kStateLimit);
    if (!bytes || bytes->empty())
        return std::nullopt;
    return *std::move(bytes);
}

} // namespace vitrine
