#include "core/learning/nets/codec/rate_curves.h"

#include <algorithm>
#include <cmath>

namespace vitrine::learning::codec
{
namespace
{

constexpr double kLeastOverlap = 0.25; // of the smaller range

struct CurvePoint {
    double x, y;
};

// y(x) by cubic pieces between points of rising x, monotone where the points are: the slopes of
// Fritsch and Butland (1984).
class MonotoneCurve
{
public:
    explicit MonotoneCurve(const std::vector<CurvePoint>& points) : points_(points)
    {
        const size_t last = points.size() - 1;
        for (size_t i = 0; i < last; ++i) {
            widths_.push_back(points[i + 1].x - points[i].x);
            rises_.push_back((points[i + 1].y - points[i].y) / widths_[i]);
        }
        slopes_.assign(points.size(), 0.0);
        for (size_t i = 1; i < last; ++i) {
            if (rises_[i - 1] * rises_[i] <= 0.0)
                continue;
            const double before = 2.0 * widths_[i] + widths_[i - 1];
            const double after = widths_[i] + 2.0 * widths_[i - 1];
            slopes_[i] = (before + after) / (before / rises_[i - 1] + after / rises_[i]);
        }
        slopes_[0] = slopeAtEnd(0, 1);
        slopes_[last] = slopeAtEnd(last - 1, last - 2);
    }

    double integral(double from, double to) const
    {
        double sum = 0.0;
        for (size_t i = 0; i < widths_.size(); ++i) {
            const double low = std::max(from, points_[i].x), high = std::min(to, points_[i + 1].x);
            if (low < high)
                sum += primitive(i, high - points_[i].x) - primitive(i, low - points_[i].x);
        }
        return sum;
    }

private:
    // Three points, kept from overshooting.
    double slopeAtEnd(size_t outer, size_t inner) const
    {
        const double h0 = widths_[outer], h1 = widths_[inner];
        const double m0 = rises_[outer], m1 = rises_[inner];
        const double slope = ((2.0 * h0 + h1) * m0 - h0 * m1) / (h0 + h1);
        if (slope * m0 <= 0.0)
            return 0.0;
        return m0 * m1 <= 0.0 && std::abs(slope) > 3.0 * std::abs(m0) ? 3.0 * m0 : slope;
    }

    double primitive(size_t piece, double t) const
    {
        const double h = widths_[piece], m = rises_[piece];
        const double s0 = slopes_[piece], s1 = slopes_[piece + 1];
        const double square = (3.0 * m - 2.0 * s0 - s1) / h, cube = (s0 + s1 - 2.0 * m) / (h * h);
        return t * (points_[piece].y + t * (s0 / 2.0 + t * (square / 3.0 + t * cube / 4.0)));
    }

    std::vector<CurvePoint> points_;
    std::vector<double> widths_, rises_, slopes_;
};

CurveDifference noDifference(const std::string& reason)
{
    return {std::nan(""), reason};
}

bool risesStrictly(const std::vector<CurvePoint>& points)
{
    return std::adjacent_find(points.begin(), points.end(),
                              [](const CurvePoint& a, const CurvePoint& b) {
                                  return !(a.x < b.x);
                              }) == points.end();
}

// Mean of y(test) - y(anchor) over the x that both cover.
CurveDifference meanDifference(std::vector<CurvePoint> anchor, std::vector<CurvePoint> test,
                               const std::string& axis)
{
    for (auto* points : {&anchor, &test}) {
        if (points->size() < 4)
            return noDifference("a curve of less than 4 points");
        for (const CurvePoint& point : *points)
            if (!std::isfinite(point.x) || !std::isfinite(point.y))
                return noDifference("a point is not finite");
        std::ranges::stable_sort(*points, {}, &CurvePoint::x);
        if (!risesStrictly(*points))
            return noDifference("two points have one " + axis);
    }
    const double low = std::max(anchor.front().x, test.front().x);
    const double high = std::min(anchor.back().x, test.back().x);
    const double smaller =
        std::min(anchor.back().x - anchor.front().x, test.back().x - test.front().x);
    if (high <= low)
        return noDifference("the curves share no " + axis);
    if (high - low < kLeastOverlap * smaller)
        return noDifference("the curves share too little " + axis);
    const double sum =
        MonotoneCurve(test).integral(low, high) - MonotoneCurve(anchor).integral(low, high);
    return {sum / (high - low), ""};
}

std::vector<CurvePoint> byQuality(const std::vector<RatePoint>& points)
{
    std::vector<CurvePoint> curve;
    for (const RatePoint& point : points)
        curve.push_back({point.psnr, std::log10(point.bitsPerPixel)});
    return curve;
}

std::vector<CurvePoint> byRate(const std::vector<RatePoint>& points)
{
    std::vector<CurvePoint> curve;
    for (const RatePoint& point : points)
        curve.push_back({std::log10(point.bitsPerPixel), point.psnr});
    return curve;
}

bool qualityRises(std::vector<RatePoint> points)
{
    std::ranges::stable_sort(points, {}, &RatePoint::bitsPerPixel);
    for (size_t i = 1; i < points.size(); ++i)
        if (points[i].psnr < points[i - 1].psnr)
            return false;
    return true;
}

} // namespace

CurveDifference bdRate(const std::vector<RatePoint>& anchor, const std::vector<RatePoint>& test)
{
    for (const auto* points : {&anchor, &test})
        if (!qualityRises(*points))
            return noDifference("quality does not rise with every step of the rate");
    CurveDifference difference = meanDifference(byQuality(anchor), byQuality(test), "quality");
    difference.value = (std::pow(10.0, difference.value) - 1.0) * 100.0;
    return difference;
}

CurveDifference bdPsnr(const std::vector<RatePoint>& anchor, const std::vector<RatePoint>& test)
{
    return meanDifference(byRate(anchor), byRate(test), "rate");
}

} // namespace vitrine::learning::codec
