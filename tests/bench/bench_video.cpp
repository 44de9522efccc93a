// PSNR and SSIM of 1080p pictures, decoding excluded, beside FFmpeg's filters on the same frames in
// the same process: interleaved rounds, median.
//   bench_video [rounds = 15] [threads = 2]
#include "core/base/parallel.h"
#include "core/codec/av_frame.h"
#include "core/video/quality.h"
#include "tests/bench/bench_model.h"
#include "tests/support/synthetic_clip.h"

#include <fmt/format.h>

#include <cstdlib>

extern "C" {
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
}

namespace vitrine::bench
{
namespace
{

constexpr int kWidth = 1920, kHeight = 1080;

// psnr, then ssim, each with its own pair of inputs, as `ffmpeg -lavfi psnr` and `-lavfi ssim` run
// them.
class FilterPair
{
public:
    FilterPair(const char* filter, int threads) : graph_(avfilter_graph_alloc())
    {
        graph_->nb_threads = threads;
        const std::string source =
            fmt::format("width={}:height={}:pix_fmt={}:time_base=1/25:sar=1/1", kWidth, kHeight,
                        static_cast<int>(AV_PIX_FMT_YUV420P));
        AVFilterContext* middle = nullptr;
        for (int i = 0; i < 2; ++i)
            avfilter_graph_create_filter(&inputs_[i], avfilter_get_by_name("buffer"),
                                         i == 0 ? "a" : "b", source.c_str(), nullptr, graph_);
        avfilter_graph_create_filter(&middle, avfilter_get_by_name(filter), "f", nullptr, nullptr,
                                     graph_);
        avfilter_graph_create_filter(&output_, avfilter_get_by_name("buffersink"), "out", nullptr,
                                     nullptr, graph_);
        if (avfilter_link(inputs_[0], 0, middle, 0) < 0 ||
            avfilter_link(inputs_[1], 0, middle, 1) < 0 ||
            avfilter_link(middle, 0, output_, 0) < 0 || avfilter_graph_config(graph_, nullptr) < 0)
            std::abort();
    }
    ~FilterPair() { avfilter_graph_free(&graph_); }
    FilterPair(const FilterPair&) = delete;
    FilterPair& operator=(const FilterPair&) = delete;

    // Frames by reference: nothing is copied. The filter gives a pair out when the next one has
    // come.
    void run(AVFrame* test, AVFrame* reference)
    {
        test->pts = reference->pts = time_++;
        if (av_buffersrc_add_frame_flags(inputs_[0], test, AV_BUFFERSRC_FLAG_KEEP_REF) < 0 ||
            av_buffersrc_add_frame_flags(inputs_[1], reference, AV_BUFFERSRC_FLAG_KEEP_REF) < 0)
            std::abort();
        codec::FrameHandle out(av_frame_alloc());
        while (av_buffersink_get_frame(output_, out.get()) >= 0)
            av_frame_unref(out.get());
    }

private:
    AVFilterGraph* graph_;
    AVFilterContext* inputs_[2] = {};
    AVFilterContext* output_ = nullptr;
    std::int64_t time_ = 0;
};

void measure(int rounds, int threads)
{
    codec::prepareFfmpeg();
    setThreadCount(threads);
    constexpr int kFrames = 8;
    const video::Frame reference = tests::movingFrame(kWidth, kHeight, {}, 0);
    const video::Frame test = tests::withNoise(reference, 4, 1);
    const codec::FrameHandle a = codec::toAv(test), b = codec::toAv(reference);
    FilterPair psnr("psnr", threads), ssim("ssim", threads);

    volatile double sink = 0;
    const auto ours = [&] {
        for (int i = 0; i < kFrames; ++i)
            sink = video::frameError(reference, test).psnr(0) + video::ssim(reference, test);
    };
    const auto oursAsTheirs = [&] {
        for (int i = 0; i < kFrames; ++i) {
            sink = video::frameError(reference, test).psnr(0);
            for (int plane = 0; plane < 3; ++plane)
                sink = video::ssimFfmpeg(reference, test, plane);
        }
    };
    const auto multiScale = [&] { sink = video::multiScaleSsim(reference, test).msSsim; };
    const auto theirs = [&] {
        for (int i = 0; i < kFrames; ++i) {
            psnr.run(a.get(), b.get());
            ssim.run(a.get(), b.get());
        }
    };
    ours(), oursAsTheirs(), theirs(), multiScale();
    std::vector<double> own, same, peer, scales, ratio;
    for (int i = 0; i < rounds; ++i) {
        own.push_back(seconds(ours) / kFrames);
        peer.push_back(seconds(theirs) / kFrames);
        same.push_back(seconds(oursAsTheirs) / kFrames);
        scales.push_back(seconds(multiScale));
        ratio.push_back(peer.back() / own.back());
    }
    fmt::print("1920x1080 yuv420p, {} threads, median of {} rounds\n", threads, rounds);
    fmt::print("PSNR + Gaussian SSIM:          {:6.2f} ms, {:5.1f} frames/s\n", 1e3 * median(own),
               1 / median(own));
    fmt::print(
        "FFmpeg's psnr + ssim:          {:6.2f} ms, {:5.1f} frames/s | theirs / ours {:.2f}\n",
        1e3 * median(peer), 1 / median(peer), median(ratio));
    fmt::print("PSNR + FFmpeg's SSIM, by ours: {:6.2f} ms\n", 1e3 * median(same));
    fmt::print("MS-SSIM:                       {:6.2f} ms\n", 1e3 * median(scales));
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** arguments)
{
    const int rounds = count > 1 ? std::atoi(arguments[1]) : 15,
              threads = count > 2 ? std::atoi(arguments[2]) : 2;
    vitrine::bench::measure(std::max(rounds, 1), std::max(threads, 1));
    return 0;
}
