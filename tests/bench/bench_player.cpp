// The playing engine without a window: two 1080p60 H.264 streams in step with the clock, each shown
// at 960 x 540; seeking; pictures for the screen.
//   bench_player FOLDER [frames = 1020]
// Clips are made in FOLDER the first time (x264 medium, crf 23, key frames every 250, B frames).
#include "core/codec/playback.h"
#include "core/video/picture.h"
#include "tests/bench/bench_model.h"
#include "tests/bench/playing_clip.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace vitrine::bench
{
namespace
{

using Clock = std::chrono::steady_clock;
using codec::Playback;

constexpr double kRate = 60;
constexpr int kAhead = 90;   // as the player wishes while it plays
constexpr int kAtStart = 24; // frames that are there when the clock starts

double since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// A playback, and a bell that rings when a frame arrives.
struct Stream {
    std::mutex mutex;
    std::condition_variable bell;
    std::unique_ptr<Playback> playback;

    explicit Stream(const std::filesystem::path& file, std::size_t cache = std::size_t{512} << 20)
    {
        codec::PlaybackOptions options;
        options.cacheBytes = cache;
        options.arrived = [this](std::int64_t) {
            const std::lock_guard lock(mutex);
            bell.notify_all();
        };
        auto opened = Playback::open(file, options);
        if (!opened) {
            fmt::print(stderr, "{}\n", opened.error().message);
            std::exit(1);
        }
        playback = *std::move(opened);
    }
    std::shared_ptr<const codec::PlayedFrame> await(std::int64_t index)
    {
        std::unique_lock lock(mutex);
        std::shared_ptr<const codec::PlayedFrame> frame;
        bell.wait(lock, [&] { return (frame = playback->cached(index)) != nullptr; });
        return frame;
    }
};

// Both streams flat out, as playing reads them: frames per second of the pair.
double decodingLimit(const std::filesystem::path& a, const std::filesystem::path& b, int frames)
{
    Stream first(a), second(b);
    const auto all = [&](Stream& stream) {
        for (std::int64_t i = 0; i < frames; ++i) {
            stream.playback->want(i, kAhead);
            stream.await(i);
        }
    };
    const auto start = Clock::now();
    std::thread other([&] { all(second); });
    all(first);
    other.join();
    return frames / since(start);
}

struct Played {
    int dropped = 0;
    double worstLate = 0; // seconds behind the due time
    std::vector<double> convert;
};

// Frame k is due at k / 60 s. It is shown when both its pictures are made; where that is later than
// one frame period after it was due, it counts as dropped, and the next one is the one due then.
Played play(Stream& a, Stream& b, int frames)
{
    Played result;
    for (Stream* stream : {&a, &b}) // the start is not part of it: a player shows its first frame
        stream->playback->want(0, kAhead);
    for (Stream* stream : {&a, &b})
        stream->await(kAtStart);
    const auto start = Clock::now();
    for (std::int64_t k = 0; k < frames; ++k) {
        const double due = static_cast<double>(k) / kRate;
        if (since(start) > due + 1 / kRate) { // late already: not shown at all
            ++result.dropped;
            continue;
        }
        std::this_thread::sleep_until(start + std::chrono::duration_cast<Clock::duration>(
                                                  std::chrono::duration<double>(due)));
        std::vector<video::Picture> shown;
        for (Stream* stream : {&a, &b}) {
            stream->playback->want(k, kAhead);
            const auto frame = stream->await(k);
            result.convert.push_back(seconds([&] {
                shown.push_back(
                    video::rgbPicture(frame->frame, video::wholeFrame(frame->frame, 960, 540)));
            }));
        }
        const double late = since(start) - due;
        result.worstLate = std::max(result.worstLate, late);
        result.dropped += late > 1 / kRate ? 1 : 0;
    }
    return result;
}

void measureSeeks(const std::filesystem::path& file, int frames)
{
    Stream stream(file, std::size_t{16} << 20); // so small that key frames make room again
    Random random(3);
    std::vector<double> key, exact, excess, cached;
    stream.playback->want(0, 0);
    stream.await(0);
    for (int i = 0; i < 40; ++i) {
        const auto target =
            static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(frames)));
        const std::int64_t before = stream.playback->keyFrameBefore(target);
        if (stream.playback->cached(target))
            continue;
        const double rate = stream.playback->decodeRate();
        const auto start = Clock::now();
        stream.playback->want(target, 0);
        {
            std::unique_lock lock(stream.mutex);
            stream.bell.wait(lock, [&] {
                return stream.playback->cached(before) || stream.playback->cached(target);
            });
        }
        key.push_back(since(start));
        const auto frame = stream.await(target);
        exact.push_back(since(start));
        excess.push_back(exact.back() - static_cast<double>(target - before + 1) / rate);
        cached.push_back(seconds([&] {
            const auto again = stream.playback->cached(target);
            const auto shown =
                video::rgbPicture(again->frame, video::wholeFrame(again->frame, 960, 540));
        }));
    }
    const auto ms = [](double value) { return 1e3 * value; };
    fmt::print("seek, {} times: key frame median {:.1f}, largest {:.1f} ms; exact frame median "
               "{:.0f}, largest {:.0f} ms;\n  beyond distance / decoding rate: median {:.1f}, "
               "largest {:.1f} ms; cached frame as picture: largest {:.2f} ms\n",
               key.size(), ms(median(key)), ms(std::ranges::max(key)), ms(median(exact)),
               ms(std::ranges::max(exact)), ms(median(excess)), ms(std::ranges::max(excess)),
               ms(std::ranges::max(cached)));
}

void measurePictures()
{
    BusyClip clip(1920, 1080, 60, 2);
    const video::Frame a = clip.read(0).value(), b = clip.read(1).value();
    std::vector<std::uint32_t> palette(256, 0xff102030u);
    const auto print = [](const char* what, const std::function<void()>& body) {
        body();
        std::vector<double> times;
        for (int i = 0; i < 25; ++i)
            times.push_back(seconds(body));
        fmt::print("{:46} {:6.2f} ms\n", what, 1e3 * median(times));
    };
    const auto whole = [&](int w, int h) { return video::wholeFrame(a, w, h); };
    using video::DifferenceMode;
    fmt::print("1920x1080 on one core, median of 25\n");
    print("picture 960x540", [&] { (void)video::rgbPicture(a, whole(960, 540)); });
    print("picture 947x533", [&] { (void)video::rgbPicture(a, whole(947, 533)); });
    print("picture 1920x1080", [&] { (void)video::rgbPicture(a, whole(1920, 1080)); });
    print("picture of 1/4 at 200 %", [&] {
        (void)video::rgbPicture(a, {480, 270, 960, 540, 1920, 1080, true});
    });
    print("difference, heat map 1920x1080", [&] {
        (void)video::differencePicture(a, b, 0, DifferenceMode::heat, 8, whole(1920, 1080),
                                       palette);
    });
    print("difference, signed 1920x1080", [&] {
        (void)video::differencePicture(a, b, 0, DifferenceMode::signedGrey, 8, whole(1920, 1080));
    });
    print("difference, heat map 947x533", [&] {
        (void)video::differencePicture(a, b, 0, DifferenceMode::heat, 8, whole(947, 533), palette);
    });
    print("PSNR of blocks", [&] { (void)video::blockPsnr(a, b); });
    print("SSIM of blocks", [&] { (void)video::blockSsim(a, b); });
    print("histogram", [&] { (void)video::histogram(a); });
    print("waveform 480x256", [&] { (void)video::waveform(a, 0, 480, 256); });
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** arguments)
{
    using namespace vitrine::bench;
    if (count < 2) {
        fmt::print(stderr, "bench_player FOLDER [frames]\n");
        return 2;
    }
    const std::filesystem::path folder = arguments[1];
    const int frames = count > 2 ? std::max(std::atoi(arguments[2]), 2 * kAhead) : 1020;
    measurePictures();
    const std::string item = "x264:preset=medium:gop=250:protocol=ra:threads=2:crf=";
    const auto a = clipFile(folder, "busy_crf23", item + "23", frames);
    const auto b = clipFile(folder, "busy_crf28", item + "28", frames);
    for (const auto& file : {a, b})
        fmt::print("{}: {:.1f} Mbit/s\n", file.filename().string(),
                   8e-6 * static_cast<double>(std::filesystem::file_size(file)) * kRate / frames);
    const double limit = decodingLimit(a, b, frames);
    fmt::print("both decoded flat out: {:.1f} frames/s each\n", limit);
    Stream first(a), second(b);
    const Played played = play(first, second, frames);
    fmt::print("played at 60 frames/s: {} of {} dropped; latest {:.1f} ms behind; a picture {:.2f} "
               "ms\n",
               played.dropped, frames, 1e3 * played.worstLate, 1e3 * median(played.convert));
    measureSeeks(a, frames);
    return 0;
}
