#include "core/video/bd.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace vitrine::video
{
namespace
{

using Values = std::vector<double>;

constexpr double kRatesApart = 30; // times: no two codecs that are compared lie so far apart

struct Points {
    Values logRate, quality; // by rate
};

Points sorted(std::vector<RatePoint> points)
{
    std::ranges::stable_sort(points, {}, &RatePoint::rate);
    Points result;
    for (const RatePoint& point : points) {
        result.logRate.push_back(std::log10(point.rate));
        result.quality.push_back(point.quality);
    }
    return result;
}

// The curve y(x), points in rising order of x.
struct Axes {
    Values x, y;
};

Axes byQuality(const Points& points)
{
    std::vector<std::size_t> order(points.quality.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return points.quality[i]; });
    Axes axes;
    for (const std::size_t i : order) {
        axes.x.push_back(points.quality[i]);
        axes.y.push_back(points.logRate[i]);
    }
    return axes;
}

Overlap overlapOf(const Axes& anchor, const Axes& test)
{
    Overlap overlap;
    overlap.low = std::max(anchor.x.front(), test.x.front());
    overlap.high = std::min(anchor.x.back(), test.x.back());
    const double width = std::max(overlap.high - overlap.low, 0.0);
    const auto share = [&](const Axes& axes) {
        const double span = axes.x.back() - axes.x.front();
        return span > 0 ? width / span : 0.0;
    };
    overlap.anchorShare = share(anchor);
    overlap.testShare = share(test);
    return overlap;
}

// How far the curve runs beyond the lowest and the highest of its points inside the range, as a
// share of their span. A cubic through points that flatten out, as a saturated measure does, swings
// between them by orders of magnitude.
double excursion(const Curve& curve, const Values& y, const Overlap& range)
{
    constexpr int kSamples = 256;
    const auto [low, high] = std::ranges::minmax(y);
    double beyond = 0;
    for (int i = 0; i <= kSamples; ++i) {
        const double value = curve.at(range.low + (range.high - range.low) * i / kSamples);
        beyond = std::max({beyond, value - high, low - value});
    }
    return high > low ? beyond / (high - low) : 0.0;
}

// Mean of y(test) - y(anchor) over the overlap.
Delta meanDifference(const Axes& anchor, const Axes& test, CurveMethod method,
                     std::string_view axis)
{
    Delta delta;
    if (anchor.x.size() < 4 || test.x.size() < 4) {
        delta.reason = fmt::format("{} and {} points: at least 4 on each curve are needed",
                                   anchor.x.size(), test.x.size());
        return delta;
    }
    delta.overlap = overlapOf(anchor, test);
    const Overlap& overlap = delta.overlap;
    if (overlap.high <= overlap.low) {
        delta.reason = fmt::format("the curves share no {}", axis);
        return delta;
    }
    if (overlap.share() < kLeastOverlap) {
        delta.reason = fmt::format("insufficient overlap: {:.1f} % of the smaller range of {}, at "
                                   "least {:.0f} % are needed",
                                   100 * overlap.share(), axis, 100 * kLeastOverlap);
        return delta;
    }
    const auto first = Curve::through(anchor.x, anchor.y, method);
    const auto second = Curve::through(test.x, test.y, method);
    if (!first || !second) {
        delta.reason = (first ? second : first).error().message;
        return delta;
    }
    for (const auto& [curve, axes, name] :
         {std::tuple(&*first, &anchor, "anchor"), std::tuple(&*second, &test, "test")})
        if (const double beyond = excursion(*curve, axes->y, overlap); beyond > kMostExcursion) {
            delta.reason = fmt::format("the {} curve of the {} leaves its points by {:.0f} % of "
                                       "their span: a method that stays between them (pchip) is "
                                       "needed",
                                       curveMethodName(method), name, 100 * beyond);
            return delta;
        }
    delta.value =
        (second->integral(overlap.low, overlap.high) - first->integral(overlap.low, overlap.high)) /
        (overlap.high - overlap.low);
    return delta;
}

void warnOf(const Points& points, std::string_view name, std::vector<std::string>& warnings)
{
    bool rises = true, bends = true;
    for (std::size_t i = 1; i < points.quality.size(); ++i) {
        rises &=
            points.quality[i] > points.quality[i - 1] && points.logRate[i] > points.logRate[i - 1];
        if (i < 2)
            continue;
        const auto slope = [&](std::size_t k) {
            return (points.quality[k] - points.quality[k - 1]) /
                   (std::pow(10, points.logRate[k]) - std::pow(10, points.logRate[k - 1]));
        };
        bends &= slope(i) <= slope(i - 1);
    }
    if (!rises)
        warnings.push_back(
            fmt::format("{}: quality does not rise with every step of the rate", name));
    else if (!bends)
        warnings.push_back(
            fmt::format("{}: non-convex, a higher rate gains more than a lower one", name));
}

// Different units show as a factor that no codec reaches.
void warnOfUnits(const Points& anchor, const Points& test, std::vector<std::string>& warnings)
{
    const auto middle = [](const Points& points) {
        return (points.logRate.front() + points.logRate.back()) / 2;
    };
    if (anchor.logRate.empty() || test.logRate.empty())
        return;
    const double apart = middle(test) - middle(anchor);
    if (std::abs(apart) >= std::log10(kRatesApart))
        warnings.push_back(
            fmt::format("the rates of the test are {:.3g} times those of the anchor, as if "
                        "their units differed",
                        std::pow(10, apart)));
}

std::string troubleOf(const std::vector<RatePoint>& points, std::string_view name)
{
    for (const RatePoint& point : points)
        if (!std::isfinite(point.rate) || point.rate <= 0 || !std::isfinite(point.quality))
            return fmt::format("{}: a point of rate {} and quality {}: a rate above 0 and a finite "
                               "quality are needed",
                               name, point.rate, point.quality);
    return {};
}

} // namespace

BdResult bjontegaard(std::vector<RatePoint> anchor, std::vector<RatePoint> test, CurveMethod method)
{
    BdResult result;
    for (const auto& [points, name] : {std::pair(&anchor, "anchor"), std::pair(&test, "test")})
        if (std::string trouble = troubleOf(*points, name); !trouble.empty()) {
            result.rate.reason = result.quality.reason = std::move(trouble);
            return result;
        }
    const Points first = sorted(std::move(anchor)), second = sorted(std::move(test));
    warnOf(first, "anchor", result.warnings);
    warnOf(second, "test", result.warnings);
    warnOfUnits(first, second, result.warnings);
    result.rate = meanDifference(byQuality(first), byQuality(second), method, "quality");
    if (result.rate.value)
        result.rate.value = (std::pow(10, *result.rate.value) - 1) * 100;
    result.quality =
        meanDifference({first.logRate, first.quality}, {second.logRate, second.quality}, method,
                       "the rate's logarithm");
    return result;
}

} // namespace vitrine::video
