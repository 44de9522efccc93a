#include "plugins/video/experiments/compare_experiment.h"

#include "core/base/format.h"
#include "core/jobs/experiment/progress_part.h"
#include "plugins/video/experiments/input.h"
#include "plugins/video/experiments/rd.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace vitrine::video_plugin
{
namespace
{

using codec::CodedPoint;
using Encoders = std::vector<const codec::VideoCodec*>; // of the points, in their order

void describe(const codec::Reference& reference, const std::vector<CodedPoint>& points,
              const Encoders& encoders, RunResult& out)
{
    std::size_t cached = 0;
    std::map<std::string, bool> versions;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const CodedPoint& p = points[i];
        cached += p.point.isFromCache ? 1 : 0;
        if (!versions[p.options.codec])
            out.notes.push_back(
                fmt::format("{}, first point: {}", encoders[i]->version(), p.point.command));
        versions[p.options.codec] = true;
        if (!p.point.violation.empty())
            out.notes.push_back(fmt::format("Warning: {} {} is left out of curves and deltas: {}.",
                                            p.options.codec, settingText(p.options),
                                            p.point.violation));
    }
    for (std::size_t i = 0; i < points.size(); ++i)
        noteMissedRate(*encoders[i], points[i].options, points[i].kbps, out);
    if (cached > 0)
        out.notes.push_back(fmt::format("{} of {} points come from the cache; their encoder's and "
                                        "decoder's rates were measured when they were made.",
                                        cached, points.size()));
    const video::SourceInfo& info = reference.source.info();
    out.notes.push_back(
        fmt::format("{} frames of {}x{} {} at {} frames per second; SHA-256 of the frames {}.",
                    reference.frames, info.width, info.height, formatName(info.format),
                    significant(reference.framesPerSecond), reference.hash));
    if (info.codec != "rawvideo" && info.container != "pictures")
        out.notes.push_back(
            fmt::format("The reference is itself coded ({}): a pseudo-reference.", info.codec));
}

// The anchor that was asked for, or none where its codec has no points; says whose are missing.
std::string anchorOf(const std::string& wanted, const std::vector<CodedPoint>& points,
                     const std::map<std::string, Error>& refused, RunResult& out)
{
    for (const auto& [codec, error] : refused)
        out.notes.push_back(
            fmt::format("Warning: {} has no further points: {}.", codec, error.message));
    const auto lost = refused.find(wanted.substr(0, wanted.find(' ')));
    const bool hasPoints = std::ranges::any_of(points, [&](const CodedPoint& point) {
        return lost != refused.end() && point.options.codec == lost->first;
    });
    if (lost == refused.end() || hasPoints)
        return wanted;
    out.notes.push_back(
        fmt::format("Warning: the anchor {} was refused; the first codec with points takes its "
                    "place.",
                    wanted));
    return {};
}

} // namespace

ExperimentInfo CompareExperiment::info() const
{
    return {"video.compare", "Compare codecs",
            "Codecs side by side on one reference: rate-distortion points, Bjøntegaard deltas, "
            "every frame.",
            1};
}

std::vector<ParamSpec> CompareExperiment::params(const Params&) const
{
    ParamSpec codecs =
        textParam("codecs", "Codecs", "x264:crf=22,27,32,37;x265:crf=22,27,32,37", "");
    codecs.help = fmt::format("name:rate:options by semicolon, a list of rates makes one point "
                              "each; names: {}; options: preset, gop, protocol=ld|ra, threads",
                              codecs_.names());
    codecs.multiline = true;
    codecs.check = [&list = codecs_](const std::string& text) -> Result<void> {
        VITRINE_CHECK(codec::parseEncodeList(text, list));
        return {};
    };
    ParamSpec anchor = textParam("anchor", "Anchor", "",
                                 "Curve that the others are compared with; empty: the first codec");
    ParamSpec cache = textParam("cache", "Cache", "", "Keep encodes between runs, by content");
    cache.type = ParamType::boolean;
    cache.fallback = ParamValue(true);
    cache.advanced = true;
    std::vector<ParamSpec> specs = {
        fileParam("reference", "Reference",
                  "The original: any video, raw YUV, Y4M, a folder of pictures"),
        codecs, anchor, framesParam(96), cache};
    for (ParamSpec& spec : rawParams())
        specs.push_back(std::move(spec));
    return specs;
}

Result<RunResult> CompareExperiment::run(const Params& params, Progress& progress) const
{
    RunResult out;
    VITRINE_TRY(const auto list, codec::parseEncodeList(params.text("codecs"), codecs_));
    VITRINE_TRY(const auto source, openInput(params, "reference", progress, out, codecs_));
    codec::Reference reference{
        *source, framesWanted(params, source->info().frames), rateOrNote(source->info(), out), {}};
    VITRINE_TRY(reference.hash,
                hashFrames(*source, reference.frames, told(progress, "reading the reference")));
    const codec::EncodeCache cache = codec::EncodeCache::standard();

    std::vector<CodedPoint> points;
    Encoders encoders;
    std::map<std::string, Error> refused; // by codec: costs its own points alone
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (progress.isCancelled())
            return cancelled();
        ProgressPart part(progress, i, list.size());
        if (refused.contains(list[i].codec))
            continue;
        VITRINE_TRY(const codec::VideoCodec* encoder, codecs_.find(list[i].codec));
        auto point = codedPoint(*encoder, reference, list[i], progress.artifactFolder(),
                                params.boolean("cache") ? &cache : nullptr, told(part));
        if (!point && point.error().kind == ErrorKind::cancelled)
            return tl::unexpected(point.error());
        if (!point) {
            refused.emplace(list[i].codec, point.error());
            continue;
        }
        if (!point->notKept.empty())
            out.notes.push_back(point->notKept + ".");
        out.artifacts.push_back(
            {point->stream, "video", point->point.stream, {}, 0, Origin::computed});
        points.push_back(*std::move(point));
        encoders.push_back(encoder);
        nameCurves(points);
        progress.partial(rdTable(points));
    }
    if (points.empty())
        return tl::unexpected(refused.begin()->second);
    VITRINE_TRY(const codec::CurveDeltas deltas,
                compareCurves(points, anchorOf(params.text("anchor"), points, refused, out)));
    addBest(points, deltas, out);
    describe(reference, points, encoders, out);
    noteDamage(*source, "reference", out);
    noteFilledChroma(source->info(), encoders, out);
    noteUndefined(out, "ms_ssim", points.front().msSsim, "both sides must be 176 or more");
    out.tables = {rdTable(points), bdTable(deltas), framesTable(points)};
    return out;
}

} // namespace vitrine::video_plugin
