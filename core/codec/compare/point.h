#pragma once

#include "core/codec/video_codec.h"

// One point of a rate-distortion curve: a sequence coded, decoded and measured.
namespace vitrine::codec
{

struct PointFrame {
    std::int64_t bits = 0;
    char type = '?';
    double psnrY = 0, psnrU = 0, psnrV = 0, psnrYuv = 0, ssim = 0, msSsim = 0;
};
struct Point {
    std::string command, violation;
    std::int64_t payloadBytes = 0, fileBytes = 0;
    double encodeFps = 0, decodeFps = 0; // measured when it was encoded
    std::vector<PointFrame> frames;
    std::filesystem::path stream; // the coded file
    bool isFromCache = false;
};

// Told how much of what is done; false cancels.
using PointProgress = std::function<bool(double done, double total, std::string_view what)>;

// Encodes the first `frames` frames into `file`, decodes the result and measures it. The decoder's
// rate is the median of three passes after the one that measured (of one pass where that took above
// 2 s). Greys that the codec gets as 4:2:0 are measured by their luma alone.
Result<Point> makePoint(const VideoCodec& codec, video::FrameSource& source, std::int64_t frames,
                        const EncodeOptions& options, const std::filesystem::path& file,
                        const PointProgress& progress);

double kbps(double bits, std::int64_t frames, double framesPerSecond);
double bitsPerPixel(double bits, std::int64_t frames, const video::SourceInfo& info);

// How far an encoder that was asked for a rate is away from it, as a share, where that is more than
// 3 %.
std::optional<double> missedRate(const EncodeOptions& options, double kbps);

} // namespace vitrine::codec
