#include "plugins/video/experiments/compare_experiment.h"

#include "core/base/format.h"
#include "plugins/video/experiments/input.h"
#include "plugins/video/experiments/point.h"
#include "plugins/video/experiments/rd.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace vitrine::video_plugin
{
namespace
{

// Progress of one of several points: its share of the whole.
class Part : public Progress
{
public:
    Part(Progress& whole, std::size_t index, std::size_t count)
        : whole_(whole), index_(index), count_(count)
    {
    }
    bool advance(double done, double total, std::string_view what) override
    {
        const double share = total > 0 ? done / total : 0;
        return whole_.advance(static_cast<double>(index_) + share, static_cast<double>(count_),
                              what);
    }
    bool isCancelled() const override { return whole_.isCancelled(); }
    void message(std::string_view line) override { whole_.message(line); }
    void partial(const Table& table) override { whole_.partial(table); }
    std::filesystem::path artifactFolder() const override { return whole_.artifactFolder(); }
    Result<void> saveState(std::string_view bytes) override { return whole_.saveState(bytes); }
    std::optional<std::string> loadState() const override { return whole_.loadState(); }

private:
    Progress& whole_;
    std::size_t index_, count_;
};

struct Comparison {
    const codec::CodecList& codecs;
    video::FrameSource& source;
    std::int64_t frames = 0;
    double framesPerSecond = 25;
    std::string sourceHash;
    EncodeCache cache;
    bool usesCache = true;
};

// From the cache, or made now and kept there; in both cases the stream lies among the run's
// artifacts.
Result<Point> pointOf(const Comparison& comparison, const codec::VideoCodec& codec,
                      const codec::EncodeOptions& options, Progress& progress, RunResult& out)
{
    const std::string& ending = codec.info().ending;
    const std::filesystem::path file = progress.artifactFolder() / streamName(options, ending);
    const std::string key = EncodeCache::keyOf(comparison.sourceHash, options, codec);
    if (auto kept = comparison.usesCache ? comparison.cache.find(key, ending) : std::nullopt) {
        std::error_code trouble;
        std::filesystem::copy_file(kept->stream, file,
                                   std::filesystem::copy_options::overwrite_existing, trouble);
        if (!trouble) {
            kept->stream = file;
            return *std::move(kept);
        }
    }
    VITRINE_TRY(Point point,
                makePoint(codec, comparison.source, comparison.frames, options, file, progress));
    if (comparison.usesCache)
        if (const auto kept = comparison.cache.keep(key, point); !kept)
            out.notes.push_back(kept.error().message + ".");
    return point;
}

CodedPoint summed(const Comparison& comparison, const codec::EncodeOptions& options, Point point)
{
    CodedPoint coded;
    coded.options = options;
    coded.stream = point.stream.filename().string();
    const double bits = 8.0 * static_cast<double>(point.payloadBytes);
    coded.kbps = kbps(bits, comparison.frames, comparison.framesPerSecond);
    coded.bitsPerPixel = bitsPerPixel(bits, comparison.frames, comparison.source.info());
    for (const PointFrame& frame : point.frames) {
        coded.psnrY += frame.psnrY;
        coded.psnrYuv += frame.psnrYuv;
        coded.ssim += frame.ssim;
        coded.msSsim += frame.msSsim;
    }
    for (double* sum : {&coded.psnrY, &coded.psnrYuv, &coded.ssim, &coded.msSsim})
        *sum /= static_cast<double>(comparison.frames);
    coded.point = std::move(point);
    return coded;
}

const codec::VideoCodec& codecOf(const Comparison& comparison, const CodedPoint& point)
{
    return **comparison.codecs.find(point.options.codec); // it was parsed by this list
}

void describe(const Comparison& comparison, const std::vector<CodedPoint>& points, RunResult& out)
{
    std::size_t cached = 0;
    std::map<std::string, bool> versions;
    for (const CodedPoint& p : points) {
        cached += p.point.isFromCache ? 1 : 0;
        if (!versions[p.options.codec])
            out.notes.push_back(fmt::format("{}, first point: {}", codecOf(comparison, p).version(),
                                            p.point.command));
        versions[p.options.codec] = true;
        if (!p.point.violation.empty())
            out.notes.push_back(fmt::format("Warning: {} {} is left out of curves and deltas: {}.",
                                            p.options.codec, settingText(p.options),
                                            p.point.violation));
    }
    for (const CodedPoint& p : points)
        noteMissedRate(codecOf(comparison, p), p.options, p.kbps, out);
    if (cached > 0)
        out.notes.push_back(fmt::format("{} of {} points come from the cache; their encoder's and "
                                        "decoder's rates were measured when they were made.",
                                        cached, points.size()));
    const video::SourceInfo& info = comparison.source.info();
    out.notes.push_back(
        fmt::format("{} frames of {}x{} {} at {} frames per second; SHA-256 of the frames {}.",
                    comparison.frames, info.width, info.height, formatName(info.format),
                    significant(comparison.framesPerSecond), comparison.sourceHash));
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
    Comparison comparison{codecs_,
                          *source,
                          framesWanted(params, source->info().frames),
                          rateOrNote(source->info(), out),
                          {},
                          EncodeCache::standard(),
                          params.boolean("cache")};
    VITRINE_TRY(comparison.sourceHash, hashFrames(*source, comparison.frames, progress));

    std::vector<CodedPoint> points;
    std::map<std::string, Error> refused; // by codec: costs its own points alone
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (progress.isCancelled())
            return cancelled();
        Part part(progress, i, list.size());
        if (refused.contains(list[i].codec))
            continue;
        VITRINE_TRY(const codec::VideoCodec* codec, codecs_.find(list[i].codec));
        auto made = pointOf(comparison, *codec, list[i], part, out);
        if (!made && made.error().kind == ErrorKind::cancelled)
            return tl::unexpected(made.error());
        if (!made) {
            refused.emplace(list[i].codec, made.error());
            continue;
        }
        Point point = *std::move(made);
        out.artifacts.push_back(
            {point.stream.filename().string(), "video", point.stream, {}, 0, Origin::computed});
        points.push_back(summed(comparison, list[i], std::move(point)));
        nameCurves(points);
        progress.partial(rdTable(points));
    }
    if (points.empty())
        return tl::unexpected(refused.begin()->second);
    VITRINE_TRY(Table bd,
                bdTable(points, anchorOf(params.text("anchor"), points, refused, out), out));
    describe(comparison, points, out);
    noteDamage(*source, "reference", out);
    std::vector<const codec::VideoCodec*> codecs;
    for (const CodedPoint& point : points)
        codecs.push_back(&codecOf(comparison, point));
    noteFilledChroma(source->info(), codecs, out);
    noteUndefined(out, "ms_ssim", points.front().msSsim, "both sides must be 176 or more");
    out.tables = {rdTable(points), std::move(bd), framesTable(points)};
    return out;
}

} // namespace vitrine::video_plugin
