#pragma once

#include "core/video/psnr.h"
#include "core/video/ssim.h"
#include "core/video/vif.h"

#include <array>
#include <optional>

// Frames and sequences measured by everything that is asked for.
namespace vitrine::video
{

struct QualityOptions {
    bool ssim = true;       // Gaussian, luma
    bool ssimFfmpeg = true; // all planes
    bool msSsim = true;     // luma
    bool vif = false;
    std::optional<Rectangle> region{}; // luma samples; VIF is of the whole frame always
    int threads = 0;
};

// What was not asked for, or is not defined (frames too small), is NaN.
struct FrameQuality {
    FrameError error;
    double ssim = 0, msSsim = 0, ssimFfmpegAll = 0;
    std::array<double, 3> ssimFfmpeg{};
    Vif vif{};
};

// An input error that names both where size or format differ; an argument error where the region is
// not inside the frame.
Result<FrameQuality> compareFrames(const Frame& reference, const Frame& test,
                                   const QualityOptions& options = {});

// Frames so far. Means are over frames, in order of adding; NaN without frames or where a frame had
// NaN.
class SequenceQuality
{
public:
    void add(const FrameQuality& frame);

    std::int64_t frames() const { return frames_; }
    bool exact() const { return frames_ > 0 && exact_ == frames_; }
    double psnr(int plane) const; // mean of the frames' dB, an exact frame counting as kExactPsnr
    double psnr611() const;       // likewise
    double psnrPooled(int plane) const; // from the mean error, as FFmpeg's summary
    double psnrPooledAll() const;
    double ssim() const;
    double msSsim() const;
    double ssimFfmpeg(int plane) const;
    double ssimFfmpegAll() const;
    double vif(int scale) const;

private:
    double mean(double sum) const;

    std::int64_t frames_ = 0, exact_ = 0;
    int peak_ = 255;
    std::array<double, 3> psnr_{}, meanError_{}, ssimFfmpeg_{};
    std::array<double, 4> vif_{};
    double psnr611_ = 0, meanErrorAll_ = 0, ssim_ = 0, msSsim_ = 0, ssimFfmpegAll_ = 0;
};

} // namespace vitrine::video
