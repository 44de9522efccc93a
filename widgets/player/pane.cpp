#include "widgets/player/pane.h"

namespace vitrine::player
{

const std::vector<Measure>& knownMeasures()
{
    static const std::vector<Measure> kMeasures = {
        {"psnr_y", "PSNR-Y", "dB", 2}, {"psnr_u", "PSNR-U", "dB", 2},
        {"psnr_v", "PSNR-V", "dB", 2}, {"psnr_yuv", "PSNR 6:1:1", "dB", 2},
        {"ssim", "SSIM", "", 4},       {"ssim_ffmpeg", "SSIM (FFmpeg)", "", 4},
        {"ms_ssim", "MS-SSIM", "", 4}, {"vif", "VIF", "", 4}};
    return kMeasures;
}

Measure measureNamed(const QString& name)
{
    for (const Measure& measure : knownMeasures())
        if (measure.name == name)
            return measure;
    return {name, name, {}, 4};
}

} // namespace vitrine::player
