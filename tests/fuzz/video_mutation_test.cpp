// Mutated videos: none may crash, hang, or take memory without bound. Each is opened and decoded
// in a child process under a memory limit and a clock, many to a child; a child's death or lateness
// names the mutation. 1,500 of each kind, more than 10,000 in all, under VITRINE_TEST_FULL.
#include "core/base/format.h"
#include "core/base/random.h"
#include "core/codec/playback.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/video_samples.h"
#include "tests/support/rounds.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vitrine
{
namespace
{

constexpr rlim_t kMemory = 2ull << 30; // data of one process; a mutated header may say 8192 x 8192
constexpr unsigned kSeconds = 5;       // for one file
constexpr int kBatch = 50;             // files to a process

void write(const std::filesystem::path& path, const std::string& bytes)
{
    std::filesystem::remove(path);
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// The same by the player's engine, with motion and quantizers; every wish must be answered, by a
// frame or by one line. (One that never is, is late: the parent sees that.)
std::string playFile(const std::filesystem::path& path)
{
    codec::PlaybackOptions options;
    options.sideData = true;
    options.cacheBytes = std::size_t{8} << 20;
    const auto playback = codec::Playback::open(path, options);
    if (!playback)
        return {};
    const std::int64_t last = (*playback)->info().frames - 1;
    for (const std::int64_t index : {last, last / 2, std::int64_t{0}}) {
        (*playback)->want(index, 2);
        std::shared_ptr<const codec::PlayedFrame> frame;
        while (!(frame = (*playback)->cached(index)))
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        if (frame->error.find('\n') != std::string::npos)
            return "not one line: " + frame->error;
    }
    return {};
}

// What a viewer does: opens, steps through some frames, jumps back. Returns a wrong answer's
// description.
std::string useFile(const std::filesystem::path& path, bool& refused)
{
    codec::OpenOptions options;
    options.threads = 1;
    const auto source = codec::openSource(path, options);
    refused = !source;
    const auto wrong = [](const Error& error) {
        return error.message.empty() || error.message.find('\n') != std::string::npos
                   ? "not one line: " + error.message
                   : std::string();
    };
    if (!source)
        return wrong(source.error());
    const std::int64_t frames = (*source)->info().frames;
    for (std::int64_t i = 0; i < std::min<std::int64_t>(frames, 12); ++i)
        if (const auto frame = (*source)->read(i); !frame)
            if (auto text = wrong(frame.error()); !text.empty())
                return text;
    (void)(*source)->read(frames / 2);
    (void)(*source)->read(0);
    return playFile(path);
}

struct Kind {
    const char* name;
    const char* ending; // of the file that is opened
    std::string (*sample)();
};

// One process for mutations first .. last - 1. Exit: 0 well; 100 + k: file k of the batch took too
// long (alarm); else a signal.
[[noreturn]] void child(const Kind& kind, const std::string& sample, int first, int last,
                        const std::filesystem::path& path, int report)
{
    const rlimit memory{kMemory, kMemory};
    setrlimit(RLIMIT_DATA, &memory);
    signal(SIGALRM, SIG_DFL);
    int refused = 0;
    for (int i = first; i < last; ++i) {
        Random random(static_cast<std::uint64_t>(i) + 1);
        write(path, fuzz::mutated(sample, random));
        (void)!::write(report, &i, sizeof i);
        alarm(kSeconds);
        bool isRefused = false;
        const std::string wrong = useFile(path, isRefused);
        alarm(0);
        refused += isRefused ? 1 : 0;
        if (!wrong.empty()) {
            std::fprintf(stderr, "%s mutation %d: %s\n", kind.name, i, wrong.c_str());
            _exit(255);
        }
    }
    _exit(refused);
}

class VideoMutation : public testing::TestWithParam<Kind>
{
};

TEST_P(VideoMutation, NeitherCrashesNorHangsNorGrows)
{
    const tests::TemporaryFolder folder;
    const std::string sample = GetParam().sample();
    const auto path = folder.path / (std::string("clip_16x12") + GetParam().ending);
    write(path, sample);
    bool refused = false;
    ASSERT_EQ(useFile(path, refused), "");
    ASSERT_FALSE(refused) << "the sample itself must open";

    int refusals = 0;
    const int count = tests::rounds(1500);
    for (int first = 0; first < count; first += kBatch) {
        const int last = std::min(first + kBatch, count);
        int report[2];
        ASSERT_EQ(pipe(report), 0);
        const pid_t process = fork();
        ASSERT_GE(process, 0);
        if (process == 0) {
            close(report[0]);
            child(GetParam(), sample, first, last, path, report[1]);
        }
        close(report[1]);
        int current = first, read = first;
        while (::read(report[0], &read, sizeof read) == sizeof read)
            current = read;
        close(report[0]);
        int status = 0;
        ASSERT_EQ(waitpid(process, &status, 0), process);
        if (WIFSIGNALED(status))
            FAIL() << GetParam().name << " mutation " << current
                   << (WTERMSIG(status) == SIGALRM
                           ? " took more than 5 s"
                           : " died of signal " + std::to_string(WTERMSIG(status)));
        ASSERT_NE(WEXITSTATUS(status), 255) << GetParam().name;
        refusals += WEXITSTATUS(status);
    }
    RecordProperty("refused", refusals);
    const std::string name = GetParam().name;
    if (name == "y4m" || name == "mp4" ||
        name == "mkv") { // they have a header without which nothing is left
        EXPECT_GT(refusals, 0);
    }
    EXPECT_LT(refusals, count);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, VideoMutation,
    testing::Values(
        Kind{"y4m", ".y4m", fuzz::y4mSample}, Kind{"raw", ".yuv", fuzz::rawSample},
        Kind{"mp4", ".mp4",
             [] { return fuzz::codedSample("x264:crf=34:gop=4:protocol=ra", ".mp4"); }},
        Kind{"mkv", ".mkv", [] { return fuzz::codedSample("x264:crf=34:gop=4", ".mkv"); }},
        Kind{"hevc", ".mkv", [] { return fuzz::codedSample("x265:crf=34:gop=4", ".mkv"); }},
        Kind{"vp9", ".webm",
             [] { return fuzz::codedSample("vp9:crf=40:gop=4:preset=5", ".webm"); }},
        Kind{"av1", ".mp4", [] { return fuzz::codedSample("av1:crf=50:gop=4:preset=10", ".mp4"); }},
        Kind{"mpeg4", ".avi", [] { return fuzz::codedSample("mpeg4:q=6:gop=4", ".avi"); }},
        Kind{"mpeg2", ".mpg", [] { return fuzz::codedSample("mpeg2:q=6:gop=4", ".mpg"); }}),
    [](const auto& kind) { return std::string(kind.param.name); });

} // namespace
} // namespace vitrine
