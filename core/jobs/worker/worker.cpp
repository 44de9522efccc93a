#include "core/jobs/worker/worker.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/jobs/worker/job_file.h"
#include "core/jobs/worker/job_folder.h"
#include "core/jobs/worker/left_over.h"
#include "core/jobs/worker/worker_lines.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/wait.h>
#include <unistd.h>

namespace vitrine
{
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
namespace
{

constexpr auto kStopGrace = std::chrono::seconds(3);
constexpr std::size_t kLongestLine = std::size_t{64} << 20;

// Until the worker is registered, or could not be started.
struct Starting {
    const JobFolder& folder;
    ~Starting() { folder.started(); }
};

bool passed(Clock::time_point since, double seconds)
{
    return std::chrono::duration<double>(Clock::now() - since).count() > seconds;
}

// Cancelled before it had begun to listen.
bool endedBySigterm(const std::optional<int>& waitStatus)
{
    return waitStatus && WIFSIGNALED(*waitStatus) && WTERMSIG(*waitStatus) == SIGTERM;
}

} // namespace

struct Worker::Private {
    Job job;
    JobFolder folder;
    ProcessName process;
    bool isChild = false;
    Descriptor output;
    std::string buffer;
    std::string seenProgress;
    Clock::time_point started = Clock::now();
    std::optional<Clock::time_point> stopAsked;
    bool cancelled = false, outOfTime = false, killed = false, ended = false;
    std::optional<int> waitStatus;

    void signal(int number) const
    {
        if (!ended && (isChild || isAlive(process)))
            ::kill(process.pid, number);
    }

    void enforce()
    {
        if (job.timeLimit > 0 && !stopAsked && passed(started, job.timeLimit)) {
            outOfTime = true;
            stopAsked = Clock::now();
            signal(SIGTERM);
        }
        if (stopAsked && !killed && Clock::now() - *stopAsked > kStopGrace) {
            killed = true;
            ::kill(-process.pid, SIGKILL); // the group: also what the worker has started
            signal(SIGKILL);
        }
    }

    void readLines(const std::function<void(const WorkerEvent&)>& onEvent)
    {
        if (output.valid())
            drain(output.get(), buffer);
        takeLines(buffer, [&](std::string_view line) {
            if (const auto event = parseEventLine(line))
                onEvent(*event);
        });
        if (buffer.size() > kLongestLine)
            buffer.clear();
    }

    // Attached: what the worker has written beside its output.
    void readProgressFile(const std::function<void(const WorkerEvent&)>& onEvent)
    {
        auto text = readFile(folder.progress(), 1 << 16);
        if (!text || *text == seenProgress)
            return;
        seenProgress = *text;
        while (text->ends_with('\n'))
            text->pop_back();
        if (const auto event = parseEventLine(*text))
            onEvent(*event);
    }

    bool hasEnded()
    {
        if (!isChild)
            return !isAlive(process);
        int status = 0;
        const pid_t got = ::waitpid(process.pid, &status, WNOHANG);
        if (got == 0 || (got < 0 && errno == EINTR))
            return false;
        if (got == process.pid)
            waitStatus = status;
        return true;
    }
};

Worker::Worker(std::unique_ptr<Private> d) : d_(std::move(d)) {}

Worker::~Worker() = default;

Result<std::unique_ptr<Worker>> Worker::start(const fs::path& program, const fs::path& jobFolder)
{
    auto d = std::make_unique<Private>();
    d->folder.path = fs::absolute(jobFolder);
    VITRINE_TRY(d->job, readJob(d->folder.path));
    const Starting starting{d->folder};
    VITRINE_TRY(const Descriptor lock, d->folder.openLock());
    if (d->folder.isAlive() || !takeLock(lock))
        return failure("the run {} is under way already", d->job.uid);
    VITRINE_CHECK(d->folder.prepareAttempt());

    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return failure("cannot start a worker: {}", std::strerror(errno));
    d->output = Descriptor(ends[0]);
    const Descriptor write(ends[1]);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    VITRINE_TRY(const Descriptor log, openJobFile(d->folder.log(), O_WRONLY | O_CREAT | O_APPEND));

    VITRINE_TRY(const pid_t pid,
                spawn(program, {"work", d->folder.path.string()}, Descriptor(), write, log, lock));
    d->isChild = true;
    d->process.pid = pid;
    if (const auto name = processName(pid)) {
        d->process = *name;
        (void)writePidFile(d->folder.pid(), *name); // the worker writes the same when it is up
    }
    return std::unique_ptr<Worker>(new Worker(std::move(d)));
}

Result<std::unique_ptr<Worker>> Worker::attach(const fs::path& jobFolder)
{
    auto d = std::make_unique<Private>();
    d->folder.path = fs::absolute(jobFolder);
    VITRINE_TRY(d->job, readJob(d->folder.path));
    const auto process = readPidFile(d->folder.pid());
    if (!process || !isAlive(*process))
        return failure("the run {} is not under way", d->job.uid);
    d->process = *process;
    return std::unique_ptr<Worker>(new Worker(std::move(d)));
}

int Worker::fileDescriptor() const
{
    return d_->output.get();
}

bool Worker::poll(const std::function<void(const WorkerEvent&)>& onEvent)
{
    if (d_->ended)
        return false;
    const bool ended = d_->hasEnded(); // asked first: then what it wrote last is not missed
    if (d_->isChild)
        d_->readLines(onEvent);
    else
        d_->readProgressFile(onEvent);
    d_->ended = ended;
    if (!ended)
        d_->enforce();
    return !ended;
}

void Worker::cancel()
{
    d_->cancelled = true;
    if (!d_->stopAsked)
        d_->stopAsked = Clock::now();
    d_->signal(SIGTERM);
}

void Worker::pause()
{
    d_->signal(SIGUSR1);
}

RunRecord Worker::collect() const
{
    std::string reason;
    if (d_->waitStatus && WIFSIGNALED(*d_->waitStatus)) {
        const int number = WTERMSIG(*d_->waitStatus);
        reason = fmt::format("the worker was killed by {}", signalName(number));
        if (number == SIGKILL && !d_->killed)
            reason += " (by hand, or because the machine ran out of memory)";
    } else if (d_->waitStatus && WEXITSTATUS(*d_->waitStatus) != 0) {
        reason = fmt::format("the worker ended with exit code {} and left no result",
                             WEXITSTATUS(*d_->waitStatus));
    }
    if (!reason.empty() && d_->job.memoryLimit > 0)
        reason += fmt::format(", under a memory limit of {}", bytesText(d_->job.memoryLimit));
    RunRecord run = collectLeftOver(d_->folder, d_->job, reason);
    if (d_->outOfTime && run.state != RunState::done) {
        run.state = RunState::failed;
        run.exitCode = 1;
        run.error =
            fmt::format("the time limit of {} was reached", durationText(d_->job.timeLimit));
    } else if (d_->cancelled && (d_->killed || endedBySigterm(d_->waitStatus)) &&
               run.state != RunState::done) {
        run.state = RunState::cancelled;
        run.exitCode = exitCode(ErrorKind::cancelled);
        run.error = "cancelled";
    }
    return run;
}

const Job& Worker::job() const
{
    return d_->job;
}

fs::path Worker::folder() const
{
    return d_->folder.path;
}

} // namespace vitrine
