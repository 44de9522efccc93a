#include "core/video/quality.h"

#include <cmath>

namespace vitrine::video
{

namespace
{

Result<void> checkPair(const Frame& reference, const Frame& test, const QualityOptions& options)
{
    const auto shape = [](const Frame& frame) {
        return fmt::format("{}x{} {}", frame.width(), frame.height(), formatName(frame.format()));
    };
    if (!reference.sameShape(test))
        return inputError("the reference is {}, the test {}: only pictures of one size and format "
                          "can be measured",
                          shape(reference), shape(test));
    if (const auto& r = options.region)
        if (r->x < 0 || r->y < 0 || r->width < 1 || r->height < 1 ||
            r->width > reference.width() - r->x || r->height > reference.height() - r->y)
            return argumentError("the region {}x{} at ({}, {}) is not inside {}x{}", r->width,
                                 r->height, r->x, r->y, reference.width(), reference.height());
    return {};
}

} // namespace

Result<FrameQuality> compareFrames(const Frame& reference, const Frame& test,
                                   const QualityOptions& options)
{
    VITRINE_CHECK(checkPair(reference, test, options));
    FrameQuality quality;
    const double none = std::nan("");
    quality.error = frameError(reference, test, options.region, options.threads);
    quality.ssim = quality.msSsim = quality.ssimFfmpegAll = none;
    quality.ssimFfmpeg.fill(none);
    quality.vif.scales.fill(none);
    if (options.msSsim) {
        const auto both = multiScaleSsim(reference, test, 0, options.region, options.threads);
        quality.msSsim = both.msSsim;
        quality.ssim = options.ssim ? both.ssim : none;
    } else if (options.ssim) {
        quality.ssim = ssim(reference, test, 0, options.region, options.threads);
    }
    if (options.ssimFfmpeg) {
        for (int plane = 0; plane < reference.format().planes(); ++plane)
            quality.ssimFfmpeg[static_cast<std::size_t>(plane)] =
                ssimFfmpeg(reference, test, plane, options.region, options.threads);
        quality.ssimFfmpegAll = ssimFfmpegAll(reference, quality.ssimFfmpeg);
    }
    if (options.vif)
        quality.vif = vif(reference, test, options.threads);
    return quality;
}

void SequenceQuality::add(const FrameQuality& frame)
{
    ++frames_;
    exact_ += frame.error.exact() ? 1 : 0;
    peak_ = frame.error.peak;
    for (std::size_t plane = 0; plane < 3; ++plane) {
        psnr_[plane] += frame.error.psnr(static_cast<int>(plane));
        meanError_[plane] += frame.error.planes[plane].mean();
        ssimFfmpeg_[plane] += frame.ssimFfmpeg[plane];
    }
    for (std::size_t scale = 0; scale < 4; ++scale)
        vif_[scale] += frame.vif.scales[scale];
    psnr611_ += frame.error.psnr611();
    meanErrorAll_ += frame.error.meanAll();
    ssim_ += frame.ssim;
    msSsim_ += frame.msSsim;
    ssimFfmpegAll_ += frame.ssimFfmpegAll;
}

double SequenceQuality::mean(double sum) const
{
    return frames_ > 0 ? sum / static_cast<double>(frames_) : std::nan("");
}

double SequenceQuality::psnr(int plane) const
{
    return mean(psnr_[static_cast<std::size_t>(plane)]);
}
double SequenceQuality::psnr611() const
{
    return mean(psnr611_);
}
double SequenceQuality::psnrPooled(int plane) const
{
    return video::psnr(mean(meanError_[static_cast<std::size_t>(plane)]), peak_);
}
double SequenceQuality::psnrPooledAll() const
{
    return video::psnr(mean(meanErrorAll_), peak_);
}
double SequenceQuality::ssim() const
{
    return mean(ssim_);
}
double SequenceQuality::msSsim() const
{
    return mean(msSsim_);
}
double SequenceQuality::ssimFfmpeg(int plane) const
{
    return mean(ssimFfmpeg_[static_cast<std::size_t>(plane)]);
}
double SequenceQuality::ssimFfmpegAll() const
{
    return mean(ssimFfmpegAll_);
}
double SequenceQuality::vif(int scale) const
{
    return mean(vif_[static_cast<std::size_t>(scale)]);
}

} // namespace vitrine::video
