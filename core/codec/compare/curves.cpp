#include "core/codec/compare/curves.h"

#include <algorithm>
#include <cmath>
#include <fmt/ranges.h>
#include <map>

namespace vitrine::codec
{
namespace
{

constexpr video::CurveMethod kDeltaMethods[] = {
    video::CurveMethod::pchip, video::CurveMethod::cubic, video::CurveMethod::akima};

// All but the rate.
std::string kindOf(const EncodeOptions& options)
{
    const std::string text = settingText(options);
    const auto colon = text.find(':');
    return colon == std::string::npos ? "" : text.substr(colon + 1);
}

std::vector<std::string> curvesOf(const std::vector<CodedPoint>& points)
{
    std::vector<std::string> names;
    for (const CodedPoint& point : points)
        if (std::ranges::find(names, point.curve) == names.end())
            names.push_back(point.curve);
    return names;
}

template <typename Quality>
std::vector<video::RatePoint> curve(const std::vector<CodedPoint>& points, const std::string& name,
                                    const Quality& quality)
{
    std::vector<video::RatePoint> result;
    for (const CodedPoint& point : points)
        if (point.curve == name && point.point.violation.empty())
            result.push_back({point.kbps, quality(point)});
    return result;
}

Result<std::string> findAnchor(const std::vector<std::string>& curves, const std::string& wanted)
{
    if (wanted.empty())
        return curves.front();
    for (const std::string& name : curves)
        if (name == wanted || name.starts_with(wanted + " "))
            return name;
    return argumentError("anchor: \"{}\" is no curve: there are {}", wanted.substr(0, 60),
                         fmt::join(curves, ", "));
}

CurveDelta delta(const std::vector<CodedPoint>& points, const std::string& anchor,
                 const std::string& name, video::CurveMethod method)
{
    const auto psnrOf = [](const CodedPoint& p) { return p.psnrY; };
    const auto ssimOf = [](const CodedPoint& p) { return ssimDecibel(p.ssim); };
    return {name, method,
            bjontegaard(curve(points, anchor, psnrOf), curve(points, name, psnrOf), method),
            bjontegaard(curve(points, anchor, ssimOf), curve(points, name, ssimOf), method)};
}

void noteProblems(const CurveDelta& delta, const std::string& anchor,
                  std::vector<std::string>& notes)
{
    if (!delta.psnr.rate.value)
        notes.push_back(fmt::format("No BD-rate (PSNR) of {} against {}: {}.", delta.curve, anchor,
                                    delta.psnr.rate.reason));
    if (!delta.ssim.rate.value)
        notes.push_back(fmt::format("No BD-rate (SSIM) of {} against {}: {}.", delta.curve, anchor,
                                    delta.ssim.rate.reason));
    for (const std::string& warning : delta.psnr.warnings)
        notes.push_back(fmt::format("Warning, {} against {}: {}.", delta.curve, anchor, warning));
}

} // namespace

void nameCurves(std::vector<CodedPoint>& points)
{
    std::map<std::string, std::vector<std::string>> kinds;
    for (const CodedPoint& point : points) {
        auto& list = kinds[point.options.codec];
        if (std::ranges::find(list, kindOf(point.options)) == list.end())
            list.push_back(kindOf(point.options));
    }
    for (CodedPoint& point : points)
        point.curve = kinds[point.options.codec].size() == 1
                          ? point.options.codec
                          : point.options.codec + " " + kindOf(point.options);
}

double ssimDecibel(double ssim)
{
    return -10 * std::log10(std::max(1 - ssim, 1e-10)); // an exact copy counts as 100 dB
}

Result<CurveDeltas> compareCurves(const std::vector<CodedPoint>& points, const std::string& anchor)
{
    const auto curves = curvesOf(points);
    if (curves.empty())
        return argumentError("there are no points to compare");
    CurveDeltas result;
    VITRINE_TRY(result.anchor, findAnchor(curves, anchor));
    for (const std::string& name : curves) {
        if (name == result.anchor)
            continue;
        std::vector<double> rates;
        for (const video::CurveMethod method : kDeltaMethods) {
            result.deltas.push_back(delta(points, result.anchor, name, method));
            const CurveDelta& made = result.deltas.back();
            const auto& rate = made.psnr.rate.value;
            if (rate)
                rates.push_back(*rate);
            if (method != video::CurveMethod::pchip)
                continue;
            noteProblems(made, result.anchor, result.notes);
            if (rate && (!result.best || *rate < *result.best)) {
                result.best = rate;
                result.bestCurve = name;
            }
        }
        if (!rates.empty() &&
            *std::ranges::max_element(rates) - *std::ranges::min_element(rates) > 1)
            result.notes.push_back(fmt::format(
                "Warning: the methods differ by more than 1 percentage point for {} against {}.",
                name, result.anchor));
    }
    return result;
}

const CodedPoint* highest(const std::vector<CodedPoint>& points, double CodedPoint::*value)
{
    const CodedPoint* best = nullptr;
    for (const CodedPoint& point : points)
        if (std::isfinite(point.*value) && (!best || point.*value > best->*value))
            best = &point;
    return best;
}

} // namespace vitrine::codec
