#pragma once

#include "core/codec/encode.h"
#include "core/jobs/experiment/run_result.h"
#include "core/video/bd.h"
#include "plugins/video/experiments/cache.h"

// Points to rate-distortion curves and tables.
namespace vitrine::video_plugin
{

struct CodedPoint {
    codec::EncodeOptions options;
    std::string stream; // what the file with it is called
    Point point;
    std::string curve; // points of one curve differ in their rate only
    double kbps = 0, bitsPerPixel = 0;
    double psnrY = 0, psnrYuv = 0, ssim = 0, msSsim = 0; // means over frames
};

// The codec's name where its points differ in rate only, else with what tells them apart: "x264
// preset=slow:gop=32:protocol=ra".
void nameCurves(std::vector<CodedPoint>& points);

// What a file with this point's stream is called: "x264-crf-22-preset-medium-gop-32-...mkv".
std::string streamName(const codec::EncodeOptions& options, const std::string& ending);

// SSIM as dB: -10 log10(1 - v), what BD-rates over SSIM are computed on.
double ssimDecibel(double ssim);

Table rdTable(const std::vector<CodedPoint>& points);
Table framesTable(const std::vector<CodedPoint>& points);

// Every curve against the anchor, by all three methods. Points whose protocol was violated are left
// out. Reasons and warnings go to notes, the best of each metric to metrics.
Result<Table> bdTable(const std::vector<CodedPoint>& points, const std::string& anchor,
                      RunResult& out);

} // namespace vitrine::video_plugin
