#pragma once

#include <string>
#include <vector>

// How far apart two rate-distortion curves lie (Bjoentegaard, VCEG-M33, 2001), by the rules of
// core/video/bd.h with its curve pchip, which the tests compare: at least 4 points each, no number
// where both cover less than a quarter of the smaller range.
namespace vitrine::learning::codec
{

struct RatePoint {
    double bitsPerPixel = 0.0; // above 0
    double psnr = 0.0;         // dB
};

// A number, or NaN and why there is none.
struct CurveDifference {
    double value;
    std::string reason;
};

// Percent; negative: the test needs less for the same quality. None where a curve's quality falls
// as its rate rises: no rate is then that of a quality.
CurveDifference bdRate(const std::vector<RatePoint>& anchor, const std::vector<RatePoint>& test);

// dB; positive: the test is better at the same rate.
CurveDifference bdPsnr(const std::vector<RatePoint>& anchor, const std::vector<RatePoint>& test);

} // namespace vitrine::learning::codec
