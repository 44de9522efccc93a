#include "core/jobs/worker/process.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/jobs/worker/job_file.h"
#include "core/jobs/worker/stop_signals.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <limits>
#include <spawn.h>
#include <sstream>
#include <unistd.h>

namespace vitrine
{
namespace
{

constexpr auto kAnyTick = std::numeric_limits<std::int64_t>::max();

const std::string& bootId()
{
    static const std::string kId = [] {
        std::ifstream file("/proc/sys/kernel/random/boot_id");
        std::string id;
        std::getline(file, id);
        return id;
    }();
    return kId;
}

// posix_spawn's settings with the lifetime of a scope.
struct SpawnSettings {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;

    SpawnSettings()
    {
        posix_spawn_file_actions_init(&files);
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                                                  POSIX_SPAWN_SETSIGMASK);
        posix_spawnattr_setpgroup(&attributes, 0);
        sigset_t set;
        sigfillset(&set);
        posix_spawnattr_setsigdefault(&attributes, &set);
        posix_spawnattr_setsigmask(&attributes, &stopSignals());
    }
    ~SpawnSettings()
    {
        posix_spawn_file_actions_destroy(&files);
        posix_spawnattr_destroy(&attributes);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;

    void give(const Descriptor& from, int to)
    {
        if (from.valid())
            posix_spawn_file_actions_adddup2(&files, from.get(), to);
        else
            posix_spawn_file_actions_addopen(&files, to, "/dev/null", to == 0 ? O_RDONLY : O_WRONLY,
                                             0);
    }
};

} // namespace

std::optional<ProcessName> processName(pid_t pid)
{
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    // A process that ends between open and read makes the read fail; getline, unlike an iterator
    // over the buffer, turns that into an empty text and not into an exception.
    std::string text;
    std::getline(file, text, '\0');
    // The second field is the program's name in parentheses; it may hold anything, also
    // parentheses.
    const auto close = text.rfind(')');
    if (close == std::string::npos)
        return std::nullopt;
    std::istringstream fields(text.substr(close + 1));
    const std::vector<std::string> words{std::istream_iterator<std::string>(fields), {}};
    if (words.size() < 20 || words[0] == "Z" || words[0] == "X")
        return std::nullopt;
    const auto ticks = parseInteger(words[19]);
    if (!ticks)
        return std::nullopt;
    return ProcessName{pid, static_cast<std::uint64_t>(*ticks), bootId(), utcNow()};
}

bool isAlive(const ProcessName& process)
{
    if (process.boot != bootId())
        return false;
    const auto now = processName(process.pid);
    return now && now->startTicks == process.startTicks;
}

Result<void> writePidFile(const std::filesystem::path& path, const ProcessName& process)
{
    return writeFileAtomically(path, dumpJson({{"pid", process.pid},
                                               {"start", process.startTicks},
                                               {"boot", process.boot},
                                               {"started", process.startedUtc}}) +
                                         "\n");
}

std::optional<ProcessName> readPidFile(const std::filesystem::path& path)
{
    const auto text = readFile(path, 4096);
    if (!text)
        return std::nullopt;
    const auto json = parseJson(*text, "pid");
    if (!json)
        return std::nullopt;
    JsonFields fields(*json, "pid");
    ProcessName process;
    process.pid = static_cast<pid_t>(fields.integer("pid", 2, std::numeric_limits<pid_t>::max()));
    process.startTicks = static_cast<std::uint64_t>(fields.integer("start", 0, kAnyTick));
    process.boot = fields.neededText("boot");
    process.startedUtc = fields.text("started");
    return fields.failed() ? std::nullopt : std::optional(process);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept
{
    if (this != &other) {
        if (fd_ >= 0)
            ::close(fd_);
        fd_ = other.release();
    }
    return *this;
}

Descriptor::~Descriptor()
{
    if (fd_ >= 0)
        ::close(fd_);
}

int Descriptor::release()
{
    return std::exchange(fd_, -1);
}

Result<pid_t> spawn(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                    const Descriptor& input, const Descriptor& output, const Descriptor& errors,
                    const Descriptor& lock)
{
    SpawnSettings settings;
    settings.give(input, 0);
    settings.give(output, 1);
    settings.give(errors, 2);
    if (lock.valid())
        settings.give(lock, kSpawnedLock);

    std::vector<std::string> words = {program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (auto& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);

    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, program.c_str(), &settings.files, &settings.attributes,
                                    argv.data(), environ);
    if (error != 0)
        return failure("cannot start {}: {}", program.string(), std::strerror(error));
    return pid;
}

bool takeLock(const Descriptor& file)
{
    struct flock whole {
    };
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return ::fcntl(file.get(), F_OFD_SETLK, &whole) == 0;
}

bool isLocked(const std::filesystem::path& path)
{
    const Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    struct flock whole {
    };
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return file.valid() && ::fcntl(file.get(), F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

std::string signalName(int signal)
{
    const char* name = ::sigabbrev_np(signal);
    return name ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

bool drain(int fd, std::string& text)
{
    char buffer[1 << 16];
    while (true) {
        const ssize_t got = ::read(fd, buffer, sizeof buffer);
        if (got > 0)
            text.append(buffer, static_cast<std::size_t>(got));
        else if (got == 0)
            return false;
        else if (errno != EINTR)
            return errno == EAGAIN;
    }
}

std::string lastWords(const std::filesystem::path& log, std::size_t limit)
{
    const auto file = openJobFile(log, O_RDONLY);
    const std::int64_t size = file ? ::lseek(file->get(), 0, SEEK_END) : 0;
    if (size <= 0)
        return {};
    const auto wanted = std::min(size, static_cast<std::int64_t>(limit));
    std::string text(static_cast<std::size_t>(wanted), ' ');
    const ssize_t got = ::pread(file->get(), text.data(), text.size(), size - wanted);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    if (wanted < size) // begin with a whole word, not inside a character
        text.erase(0, std::min(text.find(' '), text.size()));
    text.erase(0, text.find_first_not_of(' '));
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

} // namespace vitrine
