#include "plugins/video/experiments/quality.h"

#include "plugins/video/experiments/input.h"

namespace vitrine::video_plugin
{

void addQualityMetrics(const video::SequenceQuality& quality, const video::SourceInfo& info,
                       bool hasVif, RunResult& out)
{
    const auto add = [&](const char* name, double value, const char* unit, const char* help) {
        out.metrics.push_back({name, value, unit, Origin::computed, help});
    };
    add("psnr_y", quality.psnr(0), "dB",
        "Mean of the frames' 10 log10(peak^2 / MSE) of luma; an exact frame counts as 100");
    add("psnr_y_pooled", quality.psnrPooled(0), "dB",
        "From the mean of the frames' MSE, as FFmpeg's summary");
    add("psnr_u", quality.psnr(1), "dB", "Mean of the frames' dB");
    add("psnr_v", quality.psnr(2), "dB", "Mean of the frames' dB");
    add("psnr_yuv", quality.psnr611(), "dB", "(6 Y + U + V) / 8 of every frame, mean");
    add("psnr_pooled", quality.psnrPooledAll(), "dB",
        "All samples of all planes together, as FFmpeg's average");
    add("ssim", quality.ssim(), "1",
        "Gaussian 11x11 SSIM of luma (Wang et al. 2004), mean over frames");
    add("ssim_ffmpeg", quality.ssimFfmpeg(0), "1",
        "FFmpeg's SSIM of luma: 8x8 blocks at steps of 4");
    add("ms_ssim", quality.msSsim(), "1", "Five scales (Wang et al. 2003), luma");
    if (hasVif)
        for (int scale = 0; scale < 4; ++scale)
            out.metrics.push_back(
                {fmt::format("vif_{}", scale), quality.vif(scale), "1", Origin::computed,
                 "Visual information fidelity of one scale, as FFmpeg's filter vif"});
    if (info.format.planes() == 1)
        out.notes.push_back("psnr_u and psnr_v have no value: there is no chroma.");
    const std::string size = fmt::format("{}x{}", info.width, info.height);
    noteUndefined(out, "ssim", quality.ssim(),
                  "the window is 11x11, the part that is measured is smaller");
    noteUndefined(
        out, "ms_ssim", quality.msSsim(),
        fmt::format("both sides must be {} or more, pictures are {}", video::kMsSsimSide, size));
}

} // namespace vitrine::video_plugin
