#include "plugins/video/experiments/metrics_experiment.h"

#include "core/base/format.h"
#include "core/base/number_text.h"
#include "core/video/pairing.h"
#include "plugins/video/experiments/input.h"
#include "plugins/video/experiments/quality.h"

#include <algorithm>
#include <cmath>

namespace vitrine::video_plugin
{
namespace
{

constexpr std::int64_t kFramesToPair = 96;

struct Pair {
    std::unique_ptr<video::FrameSource> reference, test;
};

Result<void> checkRates(const Params& params, const Pair& pair, RunResult& out)
{
    const double a = pair.reference->info().framesPerSecond, b = pair.test->info().framesPerSecond;
    if (a <= 0 || b <= 0 || std::abs(a - b) <= 0.001 * a)
        return {};
    const std::string text = fmt::format("the reference has {} frames per second, the test {}",
                                         significant(a), significant(b));
    if (params.text("rates") == "refuse")
        return inputError("{}; rates=ignore pairs them by their order", text);
    out.notes.push_back(fmt::format("{}; frames were paired by their order.", text));
    return {};
}

void noteColours(const Pair& pair, RunResult& out)
{
    const auto text = [](const video::SourceInfo& info) {
        return colourName(assumed(info.colour, info.height)) +
               (info.colour == assumed(info.colour, info.height) ? "" : " (in part assumed)");
    };
    const std::string a = text(pair.reference->info()), b = text(pair.test->info());
    out.notes.push_back(
        fmt::format("Colour: reference {}, test {}; samples are compared as they are.", a, b));
    const auto rangeOf = [](const video::SourceInfo& info) {
        return assumed(info.colour, info.height).range;
    };
    if (rangeOf(pair.reference->info()) != rangeOf(pair.test->info()))
        out.notes.push_back("Warning: one is full range, the other limited; the values say more "
                            "about that than about coding.");
}

video::PairBy pairBy(const Params& params)
{
    return params.text("pairing") == "order" ? video::PairBy::order : video::PairBy::time;
}

// Where a side has holes, how the rest was paired.
void notePairing(const Params& params, const Pair& pair, std::size_t pairs, RunResult& out)
{
    const bool hasHoles =
        !pair.reference->info().places.empty() || !pair.test->info().places.empty();
    if (!hasHoles)
        return;
    if (pairBy(params) == video::PairBy::order)
        out.notes.push_back("Warning: there are holes in the times, and frames were paired by "
                            "their order, as asked: behind a hole frames of other moments meet.");
    else
        out.notes.push_back(fmt::format("Frames were paired by their times: {} pairs; what has no "
                                        "partner was left out. pairing=order pairs them as they "
                                        "come.",
                                        pairs));
}

Result<std::int64_t> givenOffset(const std::string& text)
{
    const auto number = parseInteger(text);
    if (!number || std::abs(*number) > 10'000'000)
        return argumentError("offset: \"{}\" is neither auto nor a whole number",
                             text.substr(0, 20));
    return *number;
}

Result<std::int64_t> offsetOf(const Params& params, const Pair& pair, Progress& progress,
                              RunResult& out)
{
    const std::string& text = params.text("offset");
    if (text != "auto")
        return givenOffset(text);
    const auto goOn = [&](std::int64_t i) {
        return progress.advance(static_cast<double>(i), kFramesToPair, "pairing frames");
    };
    VITRINE_TRY(const auto reference,
                signaturesOf(*pair.reference, kFramesToPair, pairBy(params), goOn));
    VITRINE_TRY(const auto test, signaturesOf(*pair.test, kFramesToPair, pairBy(params), goOn));
    const video::Pairing pairing = video::pair(reference, test);
    if (pairing.offset != 0)
        out.notes.push_back(fmt::format("Warning: the test fits best with an offset of {} (mean "
                                        "difference {} instead of {}): frame k of "
                                        "the test was measured against frame k{} of the "
                                        "reference. offset=0 pairs them as they come.",
                                        wholeText(pairing.offset), significant(pairing.distance),
                                        significant(pairing.distanceAtZero),
                                        signedText(static_cast<double>(pairing.offset), 0)));
    return pairing.offset;
}

Result<std::optional<video::Rectangle>> regionOf(const Params& params)
{
    if (params.integers("region").empty())
        return std::optional<video::Rectangle>();
    const auto& r = params.integers("region");
    if (r.size() != 4)
        return argumentError("region: four numbers are needed: x, y, width, height");
    return std::optional(video::Rectangle{static_cast<int>(r[0]), static_cast<int>(r[1]),
                                          static_cast<int>(r[2]), static_cast<int>(r[3])});
}

Table framesTable(const video::SequenceResult& result, const video::FrameSource& test, bool hasVif)
{
    Table table{"frames",
                {{"frame", "1", {}, "Of the reference"},
                 {"test_frame", "1", {}, "Of the test"},
                 {"type", "", {}, "I, P or B where the test is coded and its decoder says"},
                 {"bits", "bit", {}, "Payload of the test's frame"},
                 {"psnr_y", "dB", {}, "Luma"},
                 {"psnr_u", "dB", {}, ""},
                 {"psnr_v", "dB", {}, ""},
                 {"psnr_yuv", "dB", {}, "(6 Y + U + V) / 8"},
                 {"ssim", "1", {}, "Gaussian 11x11, luma"},
                 {"ssim_ffmpeg", "1", {}, "FFmpeg's, luma"},
                 {"ms_ssim", "1", {}, "Luma"},
                 {"exact", "1", {}, "1: no sample differs"}},
                {}};
    if (hasVif)
        table.columns.push_back({"vif", "1", {}, "Mean of the four scales"});
    for (std::size_t i = 0; i < result.frames.size(); ++i) {
        const video::FrameQuality& q = result.frames[i];
        const video::FramePair& pair = result.pairs[i];
        const FrameRate rate = rateOf(test, pair.test);
        table.rows.push_back({pair.reference, pair.test, rate.type, rate.bits, q.error.psnr(0),
                              q.error.psnr(1), q.error.psnr(2), q.error.psnr611(), q.ssim,
                              q.ssimFfmpeg[0], q.msSsim, std::int64_t{q.error.exact() ? 1 : 0}});
        if (hasVif)
            table.rows.back().push_back(q.vif.mean());
    }
    return table;
}

// Why files differ whose compared samples do not.
std::string hiddenText(const Pair& pair)
{
    const std::string& a = pair.reference->info().notCompared;
    const std::string& b = pair.test->info().notCompared;
    if (a.empty() && b.empty())
        return "RGB that is one and the same after conversion";
    return fmt::format("not compared are {} of the reference and {} of the test",
                       a.empty() ? "nothing" : a, b.empty() ? "nothing" : b);
}

// What was compared, in one line.
void noteCompared(const Pair& pair, RunResult& out)
{
    const video::SourceInfo& info = pair.reference->info();
    out.notes.push_back(
        fmt::format("Compared: {} of {} bits{}.", info.format.planes() == 1 ? "luma" : "Y, U and V",
                    info.format.bits,
                    info.notCompared.empty() && pair.test->info().notCompared.empty()
                        ? ""
                        : fmt::format("; not compared: {}", info.notCompared.empty()
                                                                ? pair.test->info().notCompared
                                                                : info.notCompared)));
}

} // namespace

ExperimentInfo MetricsExperiment::info() const
{
    return {"video.metrics", "Quality of a video",
            "PSNR, SSIM, MS-SSIM and VIF of a test against its reference, frame by frame.", 1};
}

std::vector<ParamSpec> MetricsExperiment::params(const Params&) const
{
    ParamSpec region;
    region.name = "region";
    region.label = "Region";
    region.type = ParamType::integers;
    region.unit = "sample";
    region.minimum = 0;
    region.maximum = video::Frame::kLargestSide;
    region.fallback = ParamValue(std::vector<std::int64_t>{});
    region.help = "x, y, width, height in luma samples; empty: the whole picture";
    region.group = "Comparison";
    ParamSpec vif;
    vif.name = "vif";
    vif.label = "VIF";
    vif.type = ParamType::boolean;
    vif.fallback = ParamValue(false);
    vif.help = "Visual information fidelity too (slow)";
    vif.group = "Comparison";
    ParamSpec rates = textParam("rates", "Frame rates", "refuse",
                                "What to do where the two say different frame rates");
    rates.type = ParamType::choice;
    rates.choices = {{"refuse", "Refuse", "They are probably not the same sequence"},
                     {"ignore", "Ignore", "Pair frames by their order"}};
    rates.advanced = true;
    ParamSpec pairing = textParam("pairing", "Pairing", "time",
                                  "Which frames belong together where times have holes");
    pairing.type = ParamType::choice;
    pairing.choices = {
        {"time", "By time", "Frames of one moment; without holes the same as by order"},
        {"order", "By order", "The first with the first, whatever their times say"}};
    ParamSpec offset = textParam("offset", "Offset", "auto",
                                 "Frame k of the test belongs to frame k + offset of the "
                                 "reference; auto: found by content");
    offset.check = [](const std::string& text) -> Result<void> {
        if (text != "auto")
            VITRINE_CHECK(givenOffset(text));
        return {};
    };
    std::vector<ParamSpec> specs = {
        fileParam("reference", "Reference",
                  "The original: any video, raw YUV, Y4M, a folder of pictures"),
        fileParam("test", "Test", "What is judged"),
        offset,
        pairing,
        framesParam(0),
        region,
        vif,
        rates};
    for (ParamSpec& spec : rawParams({"reference", "test"}))
        specs.push_back(std::move(spec));
    return specs;
}

Result<RunResult> MetricsExperiment::run(const Params& params, Progress& progress) const
{
    RunResult out;
    Pair pair;
    VITRINE_TRY(pair.reference, openInput(params, "reference", progress, out));
    VITRINE_TRY(pair.test, openInput(params, "test", progress, out));
    VITRINE_CHECK(checkRates(params, pair, out));
    VITRINE_TRY(const std::int64_t offset, offsetOf(params, pair, progress, out));
    noteColours(pair, out);
    noteCompared(pair, out);

    video::SequenceRequest request;
    const std::int64_t references = pair.reference->info().frames, tests = pair.test->info().frames;
    request.pairs =
        video::pairsOf(pair.reference->info(), pair.test->info(), offset, pairBy(params));
    const std::int64_t wanted =
        framesWanted(params, static_cast<std::int64_t>(request.pairs.size()));
    request.pairs.resize(static_cast<std::size_t>(wanted));
    if (wanted < 1)
        return inputError("no frame is left to compare: {} and {} frames at an offset of {}",
                          references, tests, offset);
    notePairing(params, pair, request.pairs.size(), out);
    if (references != tests)
        out.notes.push_back(
            fmt::format("The reference has {} frames, the test {}; {} were measured.", references,
                        tests, wanted));
    VITRINE_TRY(request.options.region, regionOf(params));
    request.options.vif = params.boolean("vif");

    VITRINE_TRY(const video::SequenceResult result,
                measureSequence(*pair.reference, *pair.test, request, told(progress, "frames")));
    const auto frames = static_cast<std::int64_t>(result.frames.size());
    noteDamage(*pair.reference, "reference", out);
    noteDamage(*pair.test, "test", out);
    const bool isWhole = references == tests && offset == 0 &&
                         pair.reference->info().places == pair.test->info().places;
    addQualityMetrics(result.quality, pair.reference->info(), request.options.vif, out);
    out.metrics.push_back({"frames", static_cast<double>(frames), "frame", Origin::computed,
                           "Pairs that were measured"});
    const bool isAll = references == frames;
    const bool isIdentical = isWhole && isAll && !result.difference && !result.hiddenDifference;
    out.metrics.push_back({"identical", isIdentical ? 1.0 : 0.0, "1", Origin::computed,
                           "1: equally many frames, offset 0, all were measured, and nothing that "
                           "the files hold differs"});
    out.metrics.push_back({"offset", static_cast<double>(offset), "frame", Origin::computed,
                           "Frame of the reference less frame of the test"});
    if (result.difference)
        out.notes.push_back(fmt::format("First difference: frame {}, {}.", result.difference->frame,
                                        toText(result.difference->sample)));
    else if (result.hiddenDifference)
        out.notes.push_back(fmt::format(
            "No compared sample of {} frames differs, but the files do, first in frame {}: {}.",
            frames, *result.hiddenDifference, hiddenText(pair)));
    else
        out.notes.push_back(
            fmt::format("No sample of {} frames differs{}.", frames,
                        isIdentical ? "" : "; identical is said of whole files only"));
    out.tables.push_back(framesTable(result, *pair.test, request.options.vif));
    return out;
}

} // namespace vitrine::video_plugin
