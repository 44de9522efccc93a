#include "app/command_line/command_line_text.h"
#include "app/command_line/command_line_verbs.h"
#include "app/command_line/output.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/worker/memory_limit.h"
#include "core/jobs/worker/new_job.h"
#include "core/jobs/worker/stop_signals.h"
#include "core/jobs/worker/worker.h"
#include "core/store/finished_jobs.h"

#include <chrono>
#include <cstdio>
#include <poll.h>
#include <unistd.h>

namespace vitrine::command
{
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
namespace
{

// Progress on the error stream: one line written over and over on a terminal, else a line every few
// seconds.
class ProgressLine
{
public:
    void show(const WorkerEvent& event)
    {
        if (event.kind == WorkerEvent::Kind::message) {
            clear();
            printErrors("{}\n", oneLine(event.text));
        }
        if (event.kind != WorkerEvent::Kind::progress)
            return;
        const auto now = Clock::now();
        if (now - last_ < (terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(5)))
            return;
        last_ = now;
        const auto text = line(event);
        if (terminal_) {
            printErrors("\r\x1b[K{}", text);
            shown_ = true;
        } else {
            printErrors("{}\n", text);
        }
    }

    void clear()
    {
        if (shown_)
            printErrors("\r\x1b[K");
        shown_ = false;
    }

private:
    static std::string line(const WorkerEvent& event)
    {
        const std::string counted =
            event.total > 0 ? fmt::format("{:.0f} % ({} of {}", 100 * event.done / event.total,
                                          significant(event.done), significant(event.total))
                            : fmt::format("({}", significant(event.done));
        return counted + (event.text.empty() ? ")" : " " + oneLine(event.text, 60) + ")");
    }

    const bool terminal_ = ::isatty(STDERR_FILENO) != 0;
    bool shown_ = false;
    Clock::time_point last_ = Clock::now();
};

void waitForLines(const Worker& worker)
{
    pollfd ready{.fd = worker.fileDescriptor(), .events = POLLIN, .revents = 0};
    ::poll(&ready, 1, 50);
    if ((ready.revents & POLLIN) == 0 && (ready.revents & POLLHUP) != 0)
        ::usleep(2000); // the stream has ended and the process is about to
}

} // namespace

int complain(const Error& error)
{
    printErrors("vitrine: {}\n", oneLine(error.message, 4000));
    return exitCode(error.kind);
}

Result<std::map<std::string, std::string>> parseSettings(const std::vector<std::string>& settings)
{
    std::map<std::string, std::string> given;
    for (const auto& setting : settings) {
        const auto equal = setting.find('=');
        if (equal == std::string::npos || equal == 0)
            return argumentError("--set {}: name=value is expected", oneLine(setting, 60));
        if (!given.emplace(setting.substr(0, equal), setting.substr(equal + 1)).second)
            return argumentError("--set {}: given twice", setting.substr(0, equal));
    }
    return given;
}

Result<Store> openStore(const std::string& workspace)
{
    const fs::path path = workspace.empty() ? Store::defaultWorkspace() : fs::path(workspace);
    std::error_code ignored;
    if (workspace.empty() && path.has_parent_path())
        fs::create_directories(path.parent_path(), ignored);
    auto store = Store::open(path);
    if (store && !store->checkWritable())
        printErrors("vitrine: the workspace {} can only be read here\n",
                    oneLine(path.string(), 1000));
    return store;
}

void importLeftOvers(Store& store)
{
    importFinished(store, [](const std::string& problem) {
        printErrors("vitrine: {}\n", oneLine(problem, 1000));
    });
}

fs::path thisProgram()
{
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error);
}

Result<RunRecord> follow(Store& store, const fs::path& jobFolder)
{
    takeStopSignals();
    VITRINE_TRY(const auto worker, Worker::start(thisProgram(), jobFolder));
    ProgressLine progress;
    bool cancelled = false;
    while (worker->poll([&](const WorkerEvent& event) { progress.show(event); })) {
        if (isCancelAsked() && !cancelled) {
            cancelled = true;
            worker->cancel(); // a second Ctrl-C is not needed: the worker has 3 s to answer
        }
        if (takePause())
            worker->pause();
        waitForLines(*worker);
    }
    progress.clear();
    VITRINE_TRY(const auto number, store.import(worker->collect()));
    return store.load(number);
}

int run(const RunOptions& options)
{
    takeStopSignals();
    const auto given = parseSettings(options.settings);
    if (!given)
        return complain(given.error());
    const auto memory = memoryLimitBytes(options.memoryMib);
    if (!memory)
        return complain(memory.error());
    PluginRegistry registry;
    auto found = registry.find(options.experiment);
    if (found.experiment)
        if (const std::string instead = found.experiment->insteadFor(*given); !instead.empty())
            found = registry.find(instead);
    auto job = makeJob(found, *given);
    if (!job)
        return complain(job.error());

    auto store = openStore(options.workspace);
    if (!store)
        return complain(store.error());
    if (const auto writable = store->checkWritable(); !writable)
        return complain(writable.error());
    importLeftOvers(*store);
    job->memoryLimit = *memory;
    job->timeLimit = options.seconds;
    const auto folder = writeJob(store->jobsFolder(), *job);
    if (!folder)
        return complain(folder.error());
    const auto record = follow(*store, *folder);
    if (!record)
        return complain(record.error());
    return sayHowItWent(*record, options.json);
}

int sayHowItWent(const RunRecord& run, bool json)
{
    printOutput("{}", json ? dumpJson(toJson(run)) + "\n" : runText(run));
    if (!run.error.empty())
        printErrors("vitrine: {}\n", oneLine(run.error, 1000));
    return run.exitCode;
}

} // namespace vitrine::command
