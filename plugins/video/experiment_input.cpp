#include "plugins/video/experiment_input.h"

#include "core/base/format.h"
#include "core/codec/media_source.h"
#include "core/jobs/bundle.h"

#include <cmath>

namespace vitrine::video
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

std::vector<ParamSpec> rawParams()
{
    ParamSpec size = textParam("size", "Raw size", "",
                               "Width x height of raw files whose name does not say it: 1920x1080");
    ParamSpec format = textParam(
        "format", "Raw format", "",
        "Format of raw files: yuv420p, yuv422p10le, nv12, p010le, ...; empty: from the name");
    ParamSpec rate;
    rate.name = "rate";
    rate.label = "Raw rate";
    rate.type = ParamType::real;
    rate.unit = "frame/s";
    rate.minimum = 0;
    rate.maximum = 1000;
    rate.fallback = ParamValue(0.0);
    rate.help = "Frames per second of sources that do not say; 0: from the name";
    for (ParamSpec* spec : {&size, &format, &rate}) {
        spec->group = "Raw files";
        spec->advanced = true;
    }
    return {size, format, rate};
}

namespace
{

Result<std::optional<RawLayout>> rawLayoutFrom(const Params& params,
                                               const std::filesystem::path& path)
{
    const std::string& size = params.text("size");
    const std::string& format = params.text("format");
    const std::string ending = path.extension().string();
    if ((size.empty() && format.empty()) || ending == ".y4m")
        return std::optional<RawLayout>();
    RawLayout layout = guessRawLayout(path.filename().string()).value_or(RawLayout{});
    if (!size.empty()) {
        const auto x = size.find('x');
        const auto width = parseInteger(size.substr(0, x));
        const auto height =
            x == std::string::npos ? std::nullopt : parseInteger(size.substr(x + 1));
        if (!width || !height || *width < 1 || *height < 1 || *width > Frame::kLargestSide ||
            *height > Frame::kLargestSide)
            return argumentError("size: \"{}\" is no size like 1920x1080", size.substr(0, 30));
        layout.width = static_cast<int>(*width);
        layout.height = static_cast<int>(*height);
    }
    if (!format.empty())
        VITRINE_CHECK(setRawFormat(layout, format));
    if (layout.width == 0)
        return argumentError("size: {} says no size; give it, e.g. size=1920x1080",
                             path.filename().string());
    return std::optional(layout);
}

bool isRawEnding(const std::filesystem::path& path)
{
    const std::string ending = path.extension().string();
    return ending == ".yuv" || ending == ".raw" || ending == ".nv12" || ending == ".nv21" ||
           ending == ".p010" || ending == ".i420" || ending == ".yv12";
}

} // namespace

Result<std::optional<RawLayout>> rawLayoutOf(const Params& params,
                                             const std::filesystem::path& path)
{
    if (!isRawEnding(path) || !params.has("size") || !params.has("format"))
        return std::optional<RawLayout>();
    return rawLayoutFrom(params, path);
}

Result<std::unique_ptr<FrameSource>> openInput(const Params& params, const char* name,
                                               Progress& progress, RunResult& out)
{
    const std::filesystem::path path = params.text(name);
    codec::OpenOptions options;
    options.progress = [&](double share) {
        return share < 0 ? !progress.isCancelled() : progress.advance(share, 1, "indexing");
    };
    VITRINE_TRY(options.raw, rawLayoutOf(params, path));
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
    return source;
}

std::int64_t framesWanted(const Params& params, std::int64_t there)
{
    const std::int64_t wanted = params.integer("frames");
    return wanted == 0 ? there : std::min(wanted, there);
}

FrameRate rateOf(const FrameSource& source, std::int64_t index)
{
    const auto* media = dynamic_cast<const codec::MediaSource*>(&source);
    if (!media)
        return {};
    const auto& frame = media->frames()[static_cast<std::size_t>(index)];
    return {frame.bits, std::string(1, frame.type)};
}

double kbps(double bits, std::int64_t frames, double framesPerSecond)
{
    return frames > 0 ? bits * framesPerSecond / (static_cast<double>(frames) * 1000)
                      : std::nan("");
}

double bitsPerPixel(double bits, std::int64_t frames, const SourceInfo& info)
{
    return bits / (static_cast<double>(info.width) * info.height * static_cast<double>(frames));
}

double rateOrNote(const SourceInfo& info, RunResult& out)
{
    if (info.framesPerSecond > 0)
        return info.framesPerSecond;
    out.notes.push_back("The source says no frame rate: kbit/s are for 25 frames per second.");
    return 25;
}

void noteUndefined(RunResult& out, const char* metric, double value, const std::string& reason)
{
    if (!std::isfinite(value))
        out.notes.push_back(fmt::format("{} has no value: {}.", metric, reason));
}

} // namespace vitrine::video
