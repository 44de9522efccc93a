#include "plugins/video/experiments/rd.h"

#include "core/base/format.h"
#include "core/base/number_text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace vitrine::video_plugin
{
namespace
{

Cell cellOf(const video::Delta& delta)
{
    return delta.value ? Cell(*delta.value) : Cell();
}

constexpr const char* kStreamHelp = "The artifact that holds it";

// A measure of points with its metric.
struct Measure {
    const char *metric, *unit, *title;
    double codec::CodedPoint::*value;
};

constexpr Measure kMeasuresOfPoints[] = {
    {"best_psnr_y", "dB", "PSNR-Y", &codec::CodedPoint::psnrY},
    {"best_ssim", "1", "SSIM", &codec::CodedPoint::ssim},
    {"best_ms_ssim", "1", "MS-SSIM", &codec::CodedPoint::msSsim}};

} // namespace

Table rdTable(const std::vector<codec::CodedPoint>& points)
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
         {"point", "1", {}, "Its number, as in the table of frames"},
         {"stream", "", {}, kStreamHelp}},
        {}};
    for (const codec::CodedPoint& p : points)
        table.rows.push_back({p.curve, settingText(p.options), p.kbps, p.bitsPerPixel, p.psnrY,
                              p.psnrYuv, p.ssim, p.msSsim, p.point.encodeFps, p.point.decodeFps,
                              p.point.payloadBytes, p.point.fileBytes, p.point.violation,
                              static_cast<std::int64_t>(table.rows.size()) + 1, p.stream});
    return table;
}

Table framesTable(const std::vector<codec::CodedPoint>& points)
{
    Table table{"frames",
                {{"frame", "1", {}, "In order of display"},
                 {"codec", "", {}, "Curve"},
                 {"setting", "", {}, ""},
                 {"type", "", {}, "I, P, B where the codec says"},
                 {"bits", "bit", {}, "Payload"},
                 {"psnr_y", "dB", {}, ""},
                 {"ssim", "1", {}, "Gaussian 11x11, luma"},
                 {"point", "1", {}, "Its number, as in the table rd"},
                 {"stream", "", {}, kStreamHelp}},
                {}};
    std::int64_t number = 0;
    for (const codec::CodedPoint& p : points) {
        ++number;
        for (std::size_t i = 0; i < p.point.frames.size(); ++i) {
            const codec::PointFrame& f = p.point.frames[i];
            table.rows.push_back({static_cast<std::int64_t>(i), p.curve, settingText(p.options),
                                  std::string(1, f.type), f.bits, f.psnrY, f.ssim, number,
                                  p.stream});
        }
    }
    return table;
}

Table bdTable(const codec::CurveDeltas& deltas)
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
    for (const codec::CurveDelta& delta : deltas.deltas)
        table.rows.push_back({delta.curve, cellOf(delta.psnr.rate), cellOf(delta.ssim.rate),
                              delta.psnr.rate.overlap.share(),
                              std::string(video::curveMethodName(delta.method)),
                              cellOf(delta.psnr.quality), deltas.anchor});
    return table;
}

void addBest(const std::vector<codec::CodedPoint>& points, const codec::CurveDeltas& deltas,
             RunResult& out)
{
    out.notes.insert(out.notes.end(), deltas.notes.begin(), deltas.notes.end());
    for (const Measure& measure : kMeasuresOfPoints) {
        const codec::CodedPoint* best = highest(points, measure.value);
        out.metrics.push_back({measure.metric, best ? best->*measure.value : std::nan(""),
                               measure.unit, Origin::computed, "Highest of all points"});
        if (best)
            out.notes.push_back(fmt::format("Highest {}: {} ({}) at {} kbit/s.", measure.title,
                                            best->curve, settingText(best->options),
                                            significant(best->kbps)));
    }
    out.metrics.push_back({"best_bd_rate_psnr", deltas.best.value_or(std::nan("")), "%",
                           Origin::computed,
                           "Lowest BD-rate over PSNR-Y by PCHIP, against the anchor"});
    out.notes.push_back(
        !deltas.best
            ? std::string("best_bd_rate_psnr has no value: it takes at least four points on each "
                          "of two curves.")
            : fmt::format("Lowest BD-rate (PSNR-Y, PCHIP) against {}: {}.", deltas.anchor,
                          deltas.bestCurve));
}

void noteFilledChroma(const video::SourceInfo& info,
                      const std::vector<const codec::VideoCodec*>& codecs, RunResult& out)
{
    std::vector<std::string> filled;
    for (const codec::VideoCodec* codec : codecs)
        if (codec->streamFormat(info.format) != info.format &&
            std::ranges::find(filled, codec->info().name) == filled.end())
            filled.push_back(codec->info().name);
    if (!filled.empty())
        out.notes.push_back(fmt::format("The source is grey: {} got it as 4:2:0 with empty chroma, "
                                        "and luma alone is measured.",
                                        fmt::join(filled, ", ")));
}

void noteMissedRate(const codec::VideoCodec& encoder, const codec::EncodeOptions& options,
                    double kbps, RunResult& out)
{
    if (const auto share = missedRate(options, kbps))
        out.notes.push_back(fmt::format(
            "Warning: {} was asked for {} kbit/s and made {:.1f} ({} %).", encoder.info().title,
            shortest(options.value), kbps, signedText(100 * *share, 1)));
}

} // namespace vitrine::video_plugin
