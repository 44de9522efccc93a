#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

// A program that a test starts, sends signals to and waits for.
namespace vitrine::tests
{

struct Ended {
    int code = -1; // 128 + signal where killed
    std::string output, errors;
};

class StartedProgram
{
public:
    // In a process group of its own; its output goes to files in `folder`.
    StartedProgram(const std::filesystem::path& folder, std::vector<std::string> words)
        : out_(folder / "out"), err_(folder / "err")
    {
        std::vector<char*> argv;
        for (auto& word : words)
            argv.push_back(word.data());
        argv.push_back(nullptr);
        posix_spawn_file_actions_t files;
        posix_spawn_file_actions_init(&files);
        const int write = O_WRONLY | O_CREAT | O_TRUNC;
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&files, 1, out_.c_str(), write, 0600);
        posix_spawn_file_actions_addopen(&files, 2, err_.c_str(), write, 0600);
        posix_spawnattr_t attributes;
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
        EXPECT_EQ(::posix_spawn(&pid_, argv[0], &files, &attributes, argv.data(), environ), 0);
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&files);
    }
    ~StartedProgram()
    {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }
    StartedProgram(const StartedProgram&) = delete;
    StartedProgram& operator=(const StartedProgram&) = delete;

    pid_t pid() const { return pid_; }

    bool hasEnded()
    {
        siginfo_t info{};
        return pid_ <= 0 ||
               (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
                info.si_pid == pid_);
    }

    Ended wait()
    {
        int status = 0;
        ::waitpid(std::exchange(pid_, -1), &status, 0);
        return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text(out_),
                text(err_)};
    }

private:
    static std::string text(const std::filesystem::path& path)
    {
        std::ifstream file(path);
        return std::string{std::istreambuf_iterator<char>(file), {}};
    }

    std::filesystem::path out_, err_;
    pid_t pid_ = -1;
};

// Looks until the condition holds; false after two minutes.
template <typename Condition>
bool waitUntil(const Condition& holds)
{
    const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > until)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

} // namespace vitrine::tests
