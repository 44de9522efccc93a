#include "plugins/video/experiments/input.h"

#include "core/base/format.h"
#include "core/jobs/bundle/bundle.h"
#include "core/jobs/experiment/read_run.h"
#include "core/video/rate.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace vitrine::video_plugin
{

ParamSpec fileParam(const char* name, const char* label, const char* help)
{
    ParamSpec spec;
    spec.name = name;
    spec.label = label;
    spec.type = ParamType::file;
    spec.fileKind = "video";
    spec.help = help;
    spec.group = "Sources";
    return spec;
}

ParamSpec textParam(const char* name, const char* label, const char* fallback, const char* help)
{
    ParamSpec spec;
    spec.name = name;
    spec.label = label;
    spec.help = help;
    spec.group = "Comparison";
    spec.fallback = ParamValue(std::string(fallback));
    return spec;
}

ParamSpec framesParam(std::int64_t fallback)
{
    ParamSpec spec;
    spec.name = "frames";
    spec.label = "Frames";
    spec.type = ParamType::integer;
    spec.unit = "frame";
    spec.minimum = 0;
    spec.maximum = 10'000'000;
    spec.fallback = ParamValue(fallback);
    spec.help = "How many frames from the start; 0: all";
    spec.group = "Sources";
    return spec;
}

ParamSpec outputParam(const char* help)
{
    ParamSpec spec = fileParam("output", "Output", help);
    spec.optional = true;
    spec.fileKind = "";
    return spec;
}

namespace
{

Result<double> rateOfText(const std::string& name, const std::string& text)
{
    const auto parsed = video::parseRate(text);
    if (!parsed)
        return argumentError("{}: \"{}\" is no rate from above 0 to 1000 frames per second, like "
                             "25, 29.97 or 30000/1001",
                             name, text.substr(0, 30));
    return parsed->perSecond();
}

Result<void> checkRawFormat(const std::string& name, const std::string& text)
{
    video::RawLayout ignored;
    if (const auto known = video::setRawFormat(ignored, text); !known)
        return argumentError("{}: {}", name, known.error().message);
    return {};
}

// Of "size", "test_format", "rate".
Result<void> checkRawText(const std::string& name, const std::string& text)
{
    if (name.ends_with("size")) {
        video::RawGiven ignored;
        return setRawSize(ignored, text, name);
    }
    if (name.ends_with("format"))
        return checkRawFormat(name, text);
    if (text != "0")
        VITRINE_CHECK(rateOfText(name, text));
    return {};
}

} // namespace

std::vector<ParamSpec> rawParams(const std::vector<std::string>& sides)
{
    std::vector<ParamSpec> specs = {
        textParam("size", "Raw size", "",
                  "Width x height of raw files: 1920x1080; empty: from the name"),
        textParam("format", "Raw format", "",
                  "Format of raw files: yuv420p, yuv422p10le, nv12, p010le, ...; empty: from the "
                  "name, else yuv420p"),
        textParam("rate", "Rate", "",
                  "Frames per second of raw files and of sources that say none: 25, 29.97, "
                  "30000/1001; empty: from the name")};
    const std::size_t each = specs.size();
    for (const std::string& side : sides)
        for (std::size_t i = 0; i < each; ++i) {
            ParamSpec spec = specs[i];
            spec.label = fmt::format("{} of the {}", spec.label, side);
            spec.help = fmt::format("Of the {} alone; empty: as {}", side, spec.name);
            spec.name = side + "_" + spec.name;
            specs.push_back(std::move(spec));
        }
    specs[2].unit = "frame/s";
    for (ParamSpec& spec : specs) {
        spec.check = [name = spec.name](const std::string& text) {
            return checkRawText(name, text);
        };
        spec.group = "Raw files";
        spec.advanced = true;
    }
    return specs;
}

namespace
{

// The parameter of one side where it is given, else the one for all: its name and text.
struct GivenText {
    std::string name, text;
};
GivenText givenText(const Params& params, const std::string& side, const std::string& name)
{
    const std::string own = side + "_" + name;
    if (const std::string text = parameterText(params, own); !text.empty())
        return {own, text};
    return {name, parameterText(params, name)};
}

// What was said and is not for this file; a note tells where it has no effect.
void noteUnused(const Params& params, const std::string& side, const std::filesystem::path& path,
                const video::SourceInfo& info, RunResult& out)
{
    const bool isRaw = info.container == "raw";
    for (const char* name : {"size", "format"})
        if (const GivenText said = givenText(params, side, name); !isRaw && !said.text.empty())
            out.notes.push_back(fmt::format("{}={} is for raw files: {} says its own.", said.name,
                                            said.text, path.filename().string()));
    const GivenText said = givenText(params, side, "rate");
    const auto rate = video::parseRate(said.text);
    if (rate && video::rateOf(info.framesPerSecond) != *rate)
        out.notes.push_back(fmt::format("{}={} was not used: {} says {} frames per second.",
                                        said.name, said.text, path.filename().string(),
                                        video::rateText(video::rateOf(info.framesPerSecond))));
}

} // namespace

Result<video::RawGiven> rawGivenOf(const Params& params, const std::string& side)
{
    video::RawGiven given;
    if (const GivenText size = givenText(params, side, "size"); !size.text.empty())
        VITRINE_CHECK(setRawSize(given, size.text, size.name));
    const GivenText format = givenText(params, side, "format");
    if (!format.text.empty())
        VITRINE_CHECK(checkRawFormat(format.name, format.text));
    given.format = format.text;
    const GivenText rate = givenText(params, side, "rate");
    if (rate.text.empty() || rate.text == "0")
        return given;
    VITRINE_TRY(given.framesPerSecond, rateOfText(rate.name, rate.text));
    return given;
}

Result<std::unique_ptr<video::FrameSource>> openInput(const Params& params, const char* name,
                                                      Progress& progress, RunResult& out,
                                                      const codec::CodecList& codecs)
{
    const std::filesystem::path path = params.text(name);
    codec::OpenOptions options;
    options.progress = [&](double share) {
        return share < 0 ? !progress.isCancelled() : progress.advance(share, 1, "indexing");
    };
    options.codecs = &codecs;
    VITRINE_TRY(options.raw, rawGivenOf(params, name));
    VITRINE_TRY(const auto files, codec::filesOf(path));
    for (const auto& file : files) {
        if (progress.isCancelled())
            return cancelled();
        VITRINE_TRY(InputFile input, hashInput(name, file, &progress));
        out.inputs.push_back(std::move(input));
    }
    VITRINE_TRY(auto source, codec::openSource(path, options));
    for (const std::string& note : source->info().notes)
        out.notes.push_back(note);
    noteUnused(params, name, path, source->info(), out);
    return source;
}

codec::PointProgress told(Progress& progress)
{
    return [&progress](double done, double total, std::string_view what) {
        return progress.advance(done, total, what);
    };
}

video::SequenceProgress told(Progress& progress, std::string what)
{
    return [&progress, what = std::move(what)](std::int64_t done, std::int64_t total) {
        return progress.advance(static_cast<double>(done), static_cast<double>(total), what);
    };
}

std::int64_t framesWanted(const Params& params, std::int64_t there)
{
    const std::int64_t wanted = params.integer("frames");
    return wanted == 0 ? there : std::min(wanted, there);
}

FrameRate rateOf(const video::FrameSource& source, std::int64_t index)
{
    const auto* media = dynamic_cast<const codec::CodedSource*>(&source);
    if (!media)
        return {};
    const auto& frame = media->frames()[static_cast<std::size_t>(index)];
    return {frame.bits, std::string(1, frame.type)};
}

double rateOrNote(const video::SourceInfo& info, RunResult& out)
{
    if (info.framesPerSecond > 0)
        return info.framesPerSecond;
    out.notes.push_back("The source says no frame rate: kbit/s are for 25 frames per second.");
    return 25;
}

namespace
{

std::string framesText(const std::set<std::int64_t>& frames) // "2 frames (7, 9)"
{
    constexpr std::size_t kMostLetters = 96;
    std::string names;
    for (const std::int64_t frame : frames) {
        if (names.size() > kMostLetters) {
            names += ", ...";
            break;
        }
        names += fmt::format("{}{}", names.empty() ? "" : ", ", frame);
    }
    return fmt::format("{} frame{} ({})", frames.size(), frames.size() == 1 ? "" : "s", names);
}

// Frames that may be predicted from damaged ones: those shown before them among them.
std::string predictedText(const codec::CodedSource& media, const std::set<std::int64_t>& damaged)
{
    const auto next = std::ranges::upper_bound(media.keyFrames(), *damaged.rbegin());
    const std::string end =
        next == media.keyFrames().end() ? "to the end" : fmt::format("up to key frame {}", *next);
    return fmt::format("frames from key frame {} {} may be predicted from that",
                       media.keyFrameBefore(*damaged.begin()), end);
}

} // namespace

void noteDamage(const video::FrameSource& source, const char* side, RunResult& out)
{
    const auto* media = dynamic_cast<const codec::CodedSource*>(&source);
    if (!media)
        return;
    const auto &damaged = media->damagedFrames(), &lost = media->lostFrames();
    if (!lost.empty())
        out.notes.push_back(fmt::format(
            "Warning: the {} is damaged: {} cannot be decoded and {} left out; {}.", side,
            framesText(lost), lost.size() == 1 ? "was" : "were", predictedText(*media, lost)));
    if (!damaged.empty())
        out.notes.push_back(fmt::format("Warning: the {} is damaged: its decoder filled in what is "
                                        "missing in {}; {}.",
                                        side, framesText(damaged), predictedText(*media, damaged)));
    const std::string notTold = media->damageNotTold();
    if (damaged.empty() && lost.empty() && !notTold.empty())
        out.notes.push_back(fmt::format("No damage of the {} was seen: {}.", side, notTold));
}

void noteUndefined(RunResult& out, const char* metric, double value, const std::string& reason)
{
    if (!std::isfinite(value))
        out.notes.push_back(fmt::format("{} has no value: {}.", metric, reason));
}

} // namespace vitrine::video_plugin
