#include "core/jobs/worker/live_lines.h"
#include "core/jobs/worker/process.h"
#include "core/jobs/worker/worker.h"
#include "core/jobs/worker/worker_lines.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

constexpr auto kLiveGrace = std::chrono::milliseconds(500);

// In memory where possible: answers are read once.
Result<fs::path> makeSessionFolder()
{
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    for (const fs::path& parent :
         {fs::path(runtime ? runtime : ""), fs::path("/dev/shm"), fs::path("/tmp")}) {
        std::string name = (parent / "vitrine-live-XXXXXX").string();
        if (!parent.empty() && ::mkdtemp(name.data()))
            return fs::path(name);
    }
    return failure("cannot make a folder for the live session: {}", std::strerror(errno));
}

} // namespace

struct LiveWorker::Private {
    fs::path folder;
    pid_t pid = 0;
    Descriptor requests; // a socket: writing to a dead worker must not raise SIGPIPE
    Descriptor answers;
    std::string unsent, buffer, lastWords;
    bool ended = false;

    void send(std::string line)
    {
        unsent += std::move(line);
        unsent += '\n';
        flush();
    }

    void flush()
    {
        std::size_t done = 0;
        while (done < unsent.size()) {
            const ssize_t sent = ::send(requests.get(), unsent.data() + done, unsent.size() - done,
                                        MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent >= 0)
                done += static_cast<std::size_t>(sent);
            else if (errno == EAGAIN)
                break;
            else if (errno != EINTR)
                done = unsent.size();
        }
        unsent.erase(0, done);
    }

    void sawEnd(int status)
    {
        ended = true;
        const auto words = vitrine::lastWords(folder / "log");
        lastWords =
            WIFSIGNALED(status)
                ? fmt::format("the live worker was killed by {}", signalName(WTERMSIG(status)))
                : fmt::format("the live worker ended with exit code {}", WEXITSTATUS(status));
        if (!words.empty())
            lastWords += "; its last words: " + words;
    }

    bool reap(int options)
    {
        int status = 0;
        if (ended || ::waitpid(pid, &status, options) != pid)
            return ended;
        sawEnd(status);
        return true;
    }

    ~Private()
    {
        if (pid > 0 && !ended) {
            requests = Descriptor(); // the end of its input asks it to go
            const auto until = std::chrono::steady_clock::now() + kLiveGrace;
            while (!reap(WNOHANG) && std::chrono::steady_clock::now() < until)
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            if (!ended) {
                ::kill(-pid, SIGKILL);
                reap(0);
            }
        }
        std::error_code ignored;
        if (!folder.empty())
            fs::remove_all(folder, ignored);
    }
};

LiveWorker::LiveWorker(std::unique_ptr<Private> d) : d_(std::move(d)) {}

LiveWorker::~LiveWorker() = default;

Result<std::unique_ptr<LiveWorker>>
LiveWorker::start(const fs::path& program, const std::string& experiment,
                  const std::map<std::string, std::string>& given)
{
    auto d = std::make_unique<Private>();
    VITRINE_TRY(d->folder, makeSessionFolder());
    int sockets[2], pipes[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
        return failure("cannot start a live worker: {}", std::strerror(errno));
    d->requests = Descriptor(sockets[0]);
    const Descriptor input(sockets[1]);
    if (::pipe2(pipes, O_CLOEXEC) != 0)
        return failure("cannot start a live worker: {}", std::strerror(errno));
    d->answers = Descriptor(pipes[0]);
    const Descriptor output(pipes[1]);
    ::fcntl(pipes[0], F_SETFL, O_NONBLOCK);
    const Descriptor log(
        ::open((d->folder / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    VITRINE_TRY(d->pid, spawn(program, {"work", "--live"}, input, output, log));
    d->send(openLine(experiment, d->folder.string(), given));
    return std::unique_ptr<LiveWorker>(new LiveWorker(std::move(d)));
}

int LiveWorker::fileDescriptor() const
{
    return d_->answers.get();
}

void LiveWorker::update(std::int64_t request, const std::map<std::string, std::string>& given)
{
    d_->send(updateLine(request, given));
}

bool LiveWorker::poll(const std::function<void(Answer)>& onAnswer)
{
    if (d_->ended)
        return false;
    d_->flush();
    const bool ended = d_->reap(WNOHANG);
    drain(d_->answers.get(), d_->buffer);
    takeLines(d_->buffer, [&](std::string_view line) {
        auto answer = parseLiveAnswer(line, d_->folder);
        if (!answer)
            onAnswer({0, tl::unexpected(std::move(answer).error())});
        else if (answer->kind == LiveAnswer::Kind::result)
            onAnswer({answer->number, std::move(answer->result)});
        else if (answer->kind == LiveAnswer::Kind::error)
            onAnswer({answer->number, tl::unexpected(std::move(answer->error))});
        else if (answer->kind == LiveAnswer::Kind::dropped)
            onAnswer({answer->number, cancelled()});
    });
    return !ended;
}

std::string LiveWorker::lastWords() const
{
    return d_->lastWords;
}

} // namespace vitrine
