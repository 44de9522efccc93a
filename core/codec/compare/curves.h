#pragma once

#include "core/codec/compare/coded_point.h"
#include "core/video/bd.h"

// Points to rate-distortion curves, and how far these lie apart.
namespace vitrine::codec
{

// The codec's name where its points differ in rate only, else with what tells them apart: "x264
// preset=slow:gop=32:protocol=ra".
void nameCurves(std::vector<CodedPoint>& points);

// SSIM as dB: -10 log10(1 - v), what BD-rates over SSIM are computed on.
double ssimDecibel(double ssim);

struct CurveDelta {
    std::string curve; // against the anchor
    video::CurveMethod method = video::CurveMethod::pchip;
    video::BdResult psnr, ssim; // over PSNR-Y, and over SSIM as dB
};

struct CurveDeltas {
    std::string anchor;
    std::vector<CurveDelta> deltas; // every other curve by PCHIP, cubic and Akima
    // Reasons for what has no value and warnings, by PCHIP; where the methods disagree.
    std::vector<std::string> notes;
    std::optional<double> best; // lowest BD-rate over PSNR-Y by PCHIP
    std::string bestCurve;
};

// Every curve against the anchor: its name or the codec's, empty for the first curve. Points whose
// protocol was violated are left out. An argument error where no curve is called so.
Result<CurveDeltas> compareCurves(const std::vector<CodedPoint>& points, const std::string& anchor);

// The point with the highest finite value; nullptr where none has one.
const CodedPoint* highest(const std::vector<CodedPoint>& points, double CodedPoint::*value);

} // namespace vitrine::codec
