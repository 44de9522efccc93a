#include "plugins/video/experiments/rd.h"

#include "core/base/format.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>

namespace vitrine::video_plugin
{
namespace
{

constexpr video::CurveMethod kRdMethods[] = {video::CurveMethod::pchip, video::CurveMethod::cubic,
                                             video::CurveMethod::akima};

// All but the rate.
std::string kindOf(const codec::EncodeOptions& options)
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

Cell cellOf(const video::Delta& delta)
{
    return delta.value ? Cell(*delta.value) : Cell();
}

void noteBest(const std::vector<CodedPoint>& points, RunResult& out)
{
    const auto add = [&](const char* name, auto value, const char* unit, const char* what) {
        const CodedPoint* best = nullptr;
        for (const CodedPoint& point : points)
            if (std::isfinite(value(point)) && (!best || value(point) > value(*best)))
                best = &point;
        out.metrics.push_back({name, best ? value(*best) : std::nan(""), unit, Origin::computed,
                               "Highest of all points"});
        if (best)
            out.notes.push_back(fmt::format("Highest {}: {} ({}) at {} kbit/s.", what, best->curve,
                                            settingText(best->options), significant(best->kbps)));
    };
    add(
        "best_psnr_y", [](const CodedPoint& p) { return p.psnrY; }, "dB", "PSNR-Y");
    add(
        "best_ssim", [](const CodedPoint& p) { return p.ssim; }, "1", "SSIM");
    add(
        "best_ms_ssim", [](const CodedPoint& p) { return p.msSsim; }, "1", "MS-SSIM");
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

std::string streamName(const codec::EncodeOptions& options, const std::string& ending)
{
    std::string name = toText(options);
    for (char& c : name)
        if (c == ':' || c == '=')
            c = '-';
    return name + ending;
}

double ssimDecibel(double ssim)
{
    return -10 * std::log10(std::max(1 - ssim, 1e-10)); // an exact copy counts as 100 dB
}

Table rdTable(const std::vector<CodedPoint>& points)
{
    Table table{
        "rd",
        {{"codec", "", {}, "Curve"},
         {"setting", "", {}, ""},
         {"kbps", "kbit/s", {}, "Payload of all packets over the duration"},
         {"bpp", "bit", {}, "Payload over luma samples"},
         {"psnr_y", "dB", {}, "Mean of the frames' dB"},
         {"psnr_yuv", "dB", {}, "(6 Y + U + V) / 8"},
         {"ssim", "1", {}, "Gaussian 11x11, luma"},
         {"ms_ssim", "1", {}, "Luma"},
         {"encode_fps", "frame/s", Origin::measured, "Frames over seconds in the encoder's calls"},
         {"decode_fps", "frame/s", Origin::measured,
          "Frames over seconds in the decoder's calls, one thread"},
         {"payload_bytes", "byte", {}, ""},
         {"file_bytes", "byte", {}, "With the container"},
         {"violation",
          "",
          {},
          "Why the point is left out of curves and deltas; empty: the protocol was kept"},
         {"point", "", {}, "The codec and its whole setting"},
         {"stream", "", {}, "The artifact that holds the point's stream"}},
        {}};
    for (const CodedPoint& p : points)
        table.rows.push_back({p.curve, settingText(p.options), p.kbps, p.bitsPerPixel, p.psnrY,
                              p.psnrYuv, p.ssim, p.msSsim, p.point.encodeFps, p.point.decodeFps,
                              p.point.payloadBytes, p.point.fileBytes, p.point.violation,
                              toText(p.options), p.stream});
    return table;
}

Table framesTable(const std::vector<CodedPoint>& points)
{
    Table table{"frames",
                {{"frame", "1", {}, "In order of display"},
                 {"codec", "", {}, "Curve"},
                 {"setting", "", {}, ""},
                 {"type", "", {}, "I, P, B where the codec says"},
                 {"bits", "bit", {}, "Payload"},
                 {"psnr_y", "dB", {}, ""},
                 {"ssim", "1", {}, "Gaussian 11x11, luma"},
                 {"point", "", {}, "The codec and its whole setting"},
                 {"stream", "", {}, "The artifact that holds the point's stream"}},
                {}};
    for (const CodedPoint& p : points)
        for (std::size_t i = 0; i < p.point.frames.size(); ++i) {
            const PointFrame& f = p.point.frames[i];
            table.rows.push_back({static_cast<std::int64_t>(i), p.curve, settingText(p.options),
                                  std::string(1, f.type), f.bits, f.psnrY, f.ssim,
                                  toText(p.options), p.stream});
        }
    return table;
}

Result<Table> bdTable(const std::vector<CodedPoint>& points, const std::string& wanted,
                      RunResult& out)
{
    Table table{"bd",
                {{"codec", "", {}, "Against the anchor"},
                 {"bd_rate_psnr", "%", {}, "Rate at equal PSNR-Y; negative: needs less"},
                 {"bd_rate_ssim", "%", {}, "Rate at equal SSIM, as -10 log10(1 - SSIM)"},
                 {"overlap", "1", {}, "Common range of PSNR-Y over the smaller curve's range"},
                 {"method", "", {}, "How curves run between points"},
                 {"bd_psnr", "dB", {}, "PSNR-Y at equal rate"},
                 {"anchor", "", {}, ""}},
                {}};
    const auto psnrOf = [](const CodedPoint& p) { return p.psnrY; };
    const auto ssimOf = [](const CodedPoint& p) { return ssimDecibel(p.ssim); };
    const auto curves = curvesOf(points);
    VITRINE_TRY(const std::string anchor, findAnchor(curves, wanted));
    double best = std::nan("");
    std::string bestName;
    for (const std::string& name : curves) {
        if (name == anchor)
            continue;
        std::vector<double> rates;
        for (const video::CurveMethod method : kRdMethods) {
            const video::BdResult psnr =
                bjontegaard(curve(points, anchor, psnrOf), curve(points, name, psnrOf), method);
            const video::BdResult ssim =
                bjontegaard(curve(points, anchor, ssimOf), curve(points, name, ssimOf), method);
            table.rows.push_back(
                {name, cellOf(psnr.rate), cellOf(ssim.rate), psnr.rate.overlap.share(),
                 std::string(video::curveMethodName(method)), cellOf(psnr.quality), anchor});
            if (psnr.rate.value)
                rates.push_back(*psnr.rate.value);
            if (method != video::CurveMethod::pchip)
                continue;
            if (!psnr.rate.value)
                out.notes.push_back(fmt::format("No BD-rate (PSNR) of {} against {}: {}.", name,
                                                anchor, psnr.rate.reason));
            if (!ssim.rate.value)
                out.notes.push_back(fmt::format("No BD-rate (SSIM) of {} against {}: {}.", name,
                                                anchor, ssim.rate.reason));
            for (const std::string& warning : psnr.warnings)
                out.notes.push_back(
                    fmt::format("Warning, {} against {}: {}.", name, anchor, warning));
            if (psnr.rate.value && !(*psnr.rate.value >= best)) {
                best = *psnr.rate.value;
                bestName = name;
            }
        }
        if (!rates.empty() &&
            *std::ranges::max_element(rates) - *std::ranges::min_element(rates) > 1)
            out.notes.push_back(fmt::format(
                "Warning: the methods differ by more than 1 percentage point for {} against {}.",
                name, anchor));
    }
    noteBest(points, out);
    out.metrics.push_back({"best_bd_rate_psnr", best, "%", Origin::computed,
                           "Lowest BD-rate over PSNR-Y by PCHIP, against the anchor"});
    out.notes.push_back(
        bestName.empty()
            ? std::string("best_bd_rate_psnr has no value: it takes at least four points on each "
                          "of two curves.")
            : fmt::format("Lowest BD-rate (PSNR-Y, PCHIP) against {}: {}.", anchor, bestName));
    return table;
}

} // namespace vitrine::video_plugin
