#pragma once

#include "core/video/interpolation.h"

#include <optional>

// Bjøntegaard deltas (VCEG-M33, 2001): how far apart two rate-distortion curves lie, over the range
// that both cover.
namespace vitrine::video
{

struct RatePoint {
    double rate = 0;    // any unit, above 0, the same for both curves
    double quality = 0; // dB, or any measure that rises
};

struct Overlap {
    double low = 0, high = 0; // of the axis that is integrated over: quality, or log10 of the rate
    double anchorShare = 0;   // of that curve's own span
    double testShare = 0;
    double share() const
    {
        return anchorShare > testShare ? anchorShare : testShare;
    } // of the smaller span
};

// A number, or the sentence that says why there is none.
struct Delta {
    std::optional<double> value;
    Overlap overlap;
    std::string reason;
};

struct BdResult {
    Delta rate;    // percent; negative: the test needs less for the same quality
    Delta quality; // in the unit of quality; positive: the test is better at the same rate
    // Curves that are not monotone or bend the wrong way, rates that seem to be of different units.
    std::vector<std::string> warnings;
};

inline constexpr double kLeastOverlap = 0.25; // of the smaller span; below it no number is given
// A curve that runs beyond the lowest or highest of its points by more than this share of their
// span, inside the overlap, supports no number.
inline constexpr double kMostExcursion = 0.1;

// BD-rate = 10^(mean over the overlap of log10 rate(test) - log10 rate(anchor)) - 1. At least 4
// points each (else a reason, no number). Points are sorted by rate. Where quality does not rise
// with every step of the rate a warning says so; two points of equal quality support no BD-rate by
// pchip and akima.
BdResult bjontegaard(std::vector<RatePoint> anchor, std::vector<RatePoint> test,
                     CurveMethod method = CurveMethod::pchip);

} // namespace vitrine::video
