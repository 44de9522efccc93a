// Our PSNR, SSIM (FFmpeg's) and VIF against the frame metadata of FFmpeg's own filters, over a
// generated corpus.
#include "core/codec/av_frame.h"
#include "core/video/quality.h"
#include "tests/support/synthetic_clip.h"

#include <gtest/gtest.h>

extern "C" {
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/cpu.h>
}

namespace vitrine::codec
{
namespace
{

using video::Chroma;
using video::Frame;
using video::SampleFormat;

struct GraphDeleter {
    void operator()(AVFilterGraph* graph) const { avfilter_graph_free(&graph); }
};

// Both inputs through one two-input filter: its output's metadata.
class FilterRun
{
public:
    FilterRun(const std::string& filter, const Frame& shape) : graph_(avfilter_graph_alloc())
    {
        const std::string source =
            fmt::format("width={}:height={}:pix_fmt={}:time_base=1/25:sar=1/1", shape.width(),
                        shape.height(), static_cast<int>(pixelFormatOf(shape.format())));
        for (int i = 0; i < 2; ++i)
            EXPECT_GE(avfilter_graph_create_filter(&inputs_[i], avfilter_get_by_name("buffer"),
                                                   i == 0 ? "test" : "reference", source.c_str(),
                                                   nullptr, graph_.get()),
                      0);
        AVFilterContext* middle = nullptr;
        EXPECT_GE(avfilter_graph_create_filter(&middle, avfilter_get_by_name(filter.c_str()), "f",
                                               nullptr, nullptr, graph_.get()),
                  0);
        EXPECT_GE(avfilter_graph_create_filter(&output_, avfilter_get_by_name("buffersink"), "out",
                                               nullptr, nullptr, graph_.get()),
                  0);
        EXPECT_GE(avfilter_link(inputs_[0], 0, middle, 0), 0);
        EXPECT_GE(avfilter_link(inputs_[1], 0, middle, 1), 0);
        EXPECT_GE(avfilter_link(middle, 0, output_, 0), 0);
        EXPECT_GE(avfilter_graph_config(graph_.get(), nullptr), 0);
        // No conversion was slipped in before the filter.
        EXPECT_EQ(graph_->nb_filters, 4u) << filter << " " << formatName(shape.format());
    }

    std::map<std::string, double> metadata(const Frame& test, const Frame& reference)
    {
        const Frame* frames[] = {&test, &reference};
        for (int i = 0; i < 2; ++i) {
            FrameHandle frame = toAv(*frames[i]);
            frame->pts = time_;
            EXPECT_GE(av_buffersrc_add_frame(inputs_[i], frame.get()), 0);
        }
        ++time_;
        for (auto* input : inputs_) // the end tells the filter that nothing later comes
            EXPECT_GE(av_buffersrc_add_frame(input, nullptr), 0);
        FrameHandle out(av_frame_alloc());
        EXPECT_GE(av_buffersink_get_frame(output_, out.get()), 0);
        std::map<std::string, double> values;
        const AVDictionaryEntry* entry = nullptr;
        while ((entry = av_dict_get(out->metadata, "", entry, AV_DICT_IGNORE_SUFFIX)))
            values[entry->key] = std::strtod(entry->value, nullptr);
        return values;
    }

private:
    std::unique_ptr<AVFilterGraph, GraphDeleter> graph_;
    AVFilterContext* inputs_[2] = {};
    AVFilterContext* output_ = nullptr;
    std::int64_t time_ = 0;
};

struct Case {
    SampleFormat format;
    int width, height;
};

std::vector<Case> corpus()
{
    std::vector<Case> cases;
    for (const int bits : {8, 10, 12})
        for (const Chroma chroma : {Chroma::k420, Chroma::k422, Chroma::k444})
            for (const auto& [width, height] :
                 {std::pair{64, 48}, {61, 47}, {83, 35}, {176, 144}, {129, 71}})
                cases.push_back({{bits, chroma}, width, height});
    return cases;
}

template <typename Check>
void forCorpus(const Check& check)
{
    prepareFfmpeg();
    std::uint64_t seed = 1;
    for (const Case& c : corpus())
        for (const double amplitude : {0.004, 0.05}) {
            const Frame reference =
                tests::movingFrame(c.width, c.height, c.format, static_cast<int>(seed));
            const Frame test = tests::withNoise(reference, amplitude * c.format.peak(), ++seed);
            check(reference, test,
                  fmt::format("{} {}x{}", formatName(c.format), c.width, c.height));
        }
}

TEST(FfmpegsFilters, PsnrOfEveryPlane)
{
    forCorpus([](const Frame& reference, const Frame& test, const std::string& what) {
        auto values = FilterRun("psnr", reference).metadata(test, reference);
        const auto error = video::frameError(reference, test);
        // Metadata has six decimals.
        EXPECT_NEAR(error.psnr(0), values.at("lavfi.psnr.psnr.y"), 1e-5) << what;
        EXPECT_NEAR(error.psnr(1), values.at("lavfi.psnr.psnr.u"), 1e-5) << what;
        EXPECT_NEAR(error.psnr(2), values.at("lavfi.psnr.psnr.v"), 1e-5) << what;
        EXPECT_NEAR(error.psnrAll(), values.at("lavfi.psnr.psnr_avg"), 1e-5) << what;
        EXPECT_NEAR(error.planes[0].mean(), values.at("lavfi.psnr.mse.y"),
                    1e-5 * error.planes[0].mean())
            << what;
    });
}

// The filter's C code is the definition. Its SSE4 code (FFmpeg 5.1, 8 bits) sums rows wrongly where
// the number of windows leaves 1 by 4: it takes a window beyond the row for the last one. So that
// code is compared everywhere else.
bool isMisSummed(const Frame& frame, int plane)
{
    return frame.format().bits == 8 && (frame.width(plane) / 4 - 1) % 4 == 1;
}

TEST(FfmpegsFilters, SsimOfEveryPlaneByItsPlainCode)
{
    av_force_cpu_flags(0);
    forCorpus([](const Frame& reference, const Frame& test, const std::string& what) {
        auto values = FilterRun("ssim", reference).metadata(test, reference);
        const auto quality = video::compareFrames(reference, test).value();
        EXPECT_NEAR(quality.ssimFfmpeg[0], values.at("lavfi.ssim.Y"), 1e-6) << what;
        EXPECT_NEAR(quality.ssimFfmpeg[1], values.at("lavfi.ssim.U"), 1e-6) << what;
        EXPECT_NEAR(quality.ssimFfmpeg[2], values.at("lavfi.ssim.V"), 1e-6) << what;
        EXPECT_NEAR(quality.ssimFfmpegAll, values.at("lavfi.ssim.All"), 1e-6) << what;
    });
    av_force_cpu_flags(-1);
}

TEST(FfmpegsFilters, SsimOfEveryPlaneByItsFastCode)
{
    int measured = 0;
    forCorpus([&](const Frame& reference, const Frame& test, const std::string& what) {
        auto values = FilterRun("ssim", reference).metadata(test, reference);
        for (int plane = 0; plane < 3; ++plane) {
            if (isMisSummed(reference, plane))
                continue;
            const std::string key = std::string("lavfi.ssim.") + "YUV"[plane];
            EXPECT_NEAR(video::ssimFfmpeg(reference, test, plane), values.at(key), 1e-6) << what;
            ++measured;
        }
    });
    EXPECT_GT(measured, 240); // of 270 planes
}

TEST(FfmpegsFilters, VifOfEveryScale)
{
    int measured = 0;
    forCorpus([&](const Frame& reference, const Frame& test, const std::string& what) {
        auto values = FilterRun("vif", reference).metadata(test, reference);
        const auto scores = video::vif(reference, test).scales;
        for (std::size_t scale = 0; scale < 4; ++scale)
            EXPECT_NEAR(scores[scale], values.at(fmt::format("lavfi.vif.scale.{}", scale)), 1e-6)
                << what << " " << scale;
        ++measured;
    });
    EXPECT_EQ(measured, 90);
}

} // namespace
} // namespace vitrine::codec
