#pragma once

#include "core/codec/compare/encode_cache.h"

// Points of one reference by several codecs.
namespace vitrine::codec
{

struct CodedPoint {
    EncodeOptions options;
    std::string stream; // what the file with it is called
    Point point;
    std::string curve; // see nameCurves
    double kbps = 0, bitsPerPixel = 0;
    double psnrY = 0, psnrYuv = 0, ssim = 0, msSsim = 0; // means over frames
    std::string notKept; // why the cache could not take it; empty where it did, or there is none
};

// What all points are made from.
struct Reference {
    video::FrameSource& source;
    std::int64_t frames = 0; // the first ones
    double framesPerSecond = 25;
    std::string hash; // hashFrames of these
};

// "x264-crf-22-preset-medium-gop-32-protocol-ld.mkv".
std::string streamName(const VideoCodec& codec, const EncodeOptions& options);

// From the cache, or made now and kept there; in both cases the stream lies in `folder`. The curve
// has no name yet.
Result<CodedPoint> codedPoint(const VideoCodec& codec, const Reference& reference,
                              const EncodeOptions& options, const std::filesystem::path& folder,
                              const EncodeCache* cache, const PointProgress& progress);

} // namespace vitrine::codec
