#include "core/base/json.h"
#include "core/base/mapped_file.h"
#include "core/base/parallel.h"
#include "core/jobs/worker/live_lines.h"
#include "core/jobs/worker/process.h"
#include "core/jobs/worker/work.h"
#include "core/jobs/worker/worker_lines.h"
#include "core/jobs/worker/worker_progress.h"

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <new>
#include <optional>
#include <thread>
#include <unistd.h>
#include <utility>

namespace vitrine
{
namespace
{

// Answers must arrive: unlike progress they are written with waiting.
class Answers
{
public:
    void write(std::string line)
    {
        line += '\n';
        const std::lock_guard lock(mutex_);
        std::string_view rest = line;
        while (!rest.empty()) {
            const ssize_t written = ::write(STDOUT_FILENO, rest.data(), rest.size());
            if (written > 0)
                rest.remove_prefix(static_cast<std::size_t>(written));
            else if (errno != EINTR)
                return; // nobody listens any more; the end of the input follows
        }
    }

private:
    std::mutex mutex_;
};

class LiveProgress : public Progress
{
public:
    explicit LiveProgress(std::filesystem::path folder) : folder_(std::move(folder)) {}

    bool advance(double, double, std::string_view) override { return !isCancelled(); }
    bool isCancelled() const override { return cancelled_ || isStopAsked(); }
    void message(std::string_view) override {}
    void partial(const Table&) override {}
    std::filesystem::path artifactFolder() const override { return folder_; }
    Result<void> saveState(std::string_view) override { return {}; }
    std::optional<std::string> loadState() const override { return std::nullopt; }

    void cancel() { cancelled_ = true; }
    void begin() { cancelled_ = false; }

private:
    std::filesystem::path folder_;
    std::atomic<bool> cancelled_{false};
};

// The one place where the reading thread and the working thread meet: holds the newest request
// only.
class Mailbox
{
public:
    explicit Mailbox(Answers& answers) : answers_(answers) {}

    void watch(LiveProgress* progress)
    {
        const std::lock_guard lock(mutex_);
        progress_ = progress;
    }

    void put(LiveRequest request)
    {
        const std::lock_guard lock(mutex_);
        if (update_) // overtaken
            answers_.write(dumpJson({{"dropped", update_->number}}));
        update_.reset();
        if (request.kind == LiveRequest::Kind::update)
            update_ = std::move(request);
        else if (request.kind == LiveRequest::Kind::open)
            open_ = std::move(request);
        else
            closing_ = true;
        if (progress_)
            progress_->cancel(); // what runs now is no longer asked for
        arrived_.notify_one();
    }

    // An open goes before the update that needs it; a close before all.
    LiveRequest take()
    {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return closing_ || open_ || update_; });
        if (progress_)
            progress_->begin();
        if (closing_)
            return {};
        return *std::exchange(open_ ? open_ : update_, std::nullopt);
    }

private:
    Answers& answers_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::optional<LiveRequest> open_, update_; // the newest of each
    bool closing_ = false;
    LiveProgress* progress_ = nullptr;
};

// Until the end of the input or a close; both leave a close in the mailbox.
void readRequests(Mailbox& mailbox, Answers& answers)
{
    std::string buffer;
    char bytes[1 << 16];
    bool closed = false;
    while (!closed) {
        const ssize_t got = ::read(STDIN_FILENO, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        buffer.append(bytes, static_cast<std::size_t>(got));
        takeLines(buffer, [&](std::string_view line) {
            auto request = parseLiveRequest(line);
            if (!request)
                answers.write(errorLine(0, request.error()));
            else if (request->kind == LiveRequest::Kind::close)
                closed = true;
            else
                mailbox.put(*std::move(request));
        });
    }
    mailbox.put(LiveRequest{});
}

template <typename Value>
Result<Value> guarded(const std::function<Result<Value>()>& work)
{
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return failure("out of memory");
    } catch (const std::exception& problem) {
        return failure("{}", problem.what());
    } catch (...) {
        return failure("an unknown exception");
    }
}

struct Session {
    const Experiment* experiment = nullptr;
    std::unique_ptr<LiveSession> live;
};

Result<Session> openSession(const LiveRequest& request, const FindExperiment& find)
{
    const FoundExperiment found = find(request.experiment);
    if (!found.experiment)
        return argumentError("{}", found.problem);
    VITRINE_TRY(const Params params, resolveParams(*found.experiment, request.given));
    setThreadCount(static_cast<int>(params.integer("threads")));
    Session session{found.experiment, nullptr};
    VITRINE_TRY(session.live, found.experiment->open(params));
    return session;
}

Result<RunResult> update(Session& session, const LiveRequest& request, Progress& progress)
{
    if (!session.live)
        return argumentError("no session is open");
    VITRINE_TRY(const Params params, resolveParams(*session.experiment, request.given));
    setThreadCount(static_cast<int>(params.integer("threads")));
    return session.live->update(params, progress);
}

// Until the close. Returns the exit code.
int serve(Mailbox& mailbox, Answers& answers, const FindExperiment& find)
{
    Session session;
    std::filesystem::path folder;
    std::unique_ptr<LiveProgress> progress;
    for (auto request = mailbox.take(); request.kind != LiveRequest::Kind::close;
         request = mailbox.take()) {
        if (request.kind == LiveRequest::Kind::open) {
            folder = request.folder;
            mailbox.watch(nullptr);
            progress = std::make_unique<LiveProgress>(folder);
            mailbox.watch(progress.get());
            auto opened = guarded<Session>([&] { return openSession(request, find); });
            answers.write(opened ? dumpJson({{"opened", true}}) : errorLine(0, opened.error()));
            session = opened ? *std::move(opened) : Session{};
            continue;
        }
        LiveProgress none{{}};
        auto result = guarded<RunResult>(
            [&] { return update(session, request, progress ? *progress : none); });
        if (const auto same = MappedFile::allUnchanged(); !same) {
            // What the session has computed so far may be wrong: it ends, and says why.
            fmt::print(stderr, "{}\n", same.error().message);
            return exitCode(same.error().kind);
        }
        if (result)
            answers.write(resultLine(request.number, *result, folder));
        else if (result.error().kind == ErrorKind::cancelled)
            answers.write(dumpJson({{"dropped", request.number}}));
        else
            answers.write(errorLine(request.number, result.error()));
    }
    mailbox.watch(nullptr);
    return 0;
}

} // namespace

int liveMain(const FindExperiment& find)
{
    prepareWorker();
    Answers answers;
    Mailbox mailbox(answers);
    std::thread reader([&] { readRequests(mailbox, answers); });
    const int code = serve(mailbox, answers, find);
    if (code != 0)
        ::_exit(code); // the reader still waits for input
    reader.join();
    return code;
}

} // namespace vitrine
