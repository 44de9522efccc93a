#include "plugins/video/experiments/decode_experiment.h"

#include "core/video/rate.h"
#include "core/video/y4m.h"
#include "plugins/video/experiments/input.h"

#include <chrono>
#include <cmath>

namespace vitrine::video_plugin
{
namespace
{

video::Y4mHeader headerOf(const video::SourceInfo& info)
{
    video::Y4mHeader header;
    header.width = info.width;
    header.height = info.height;
    header.format = info.format;
    header.colour = info.colour;
    const video::Rate rate = video::rateOf(info.framesPerSecond);
    header.rateNumerator = rate.numerator;
    header.rateDenominator = rate.denominator;
    return header;
}

Result<double> writeAll(video::FrameSource& source, std::int64_t frames,
                        const std::filesystem::path& file, Progress& progress)
{
    double seconds = 0;
    VITRINE_TRY(video::Y4mWriter writer, video::Y4mWriter::create(file, headerOf(source.info())));
    for (std::int64_t i = 0; i < frames; ++i) {
        if (!progress.advance(static_cast<double>(i), static_cast<double>(frames), "frames"))
            return cancelled();
        const auto start = std::chrono::steady_clock::now();
        VITRINE_TRY(const video::Frame frame, source.read(i));
        seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        VITRINE_CHECK(writer.write(frame));
    }
    VITRINE_CHECK(writer.finish());
    return seconds;
}

} // namespace

ExperimentInfo DecodeExperiment::info() const
{
    return {"video.decode", "Decode a video",
            "Any video into a Y4M file, with its rate and the decoder's speed.", 1};
}

std::vector<ParamSpec> DecodeExperiment::params(const Params&) const
{
    ParamSpec reference =
        fileParam("reference", "Reference", "The original, for psnr_y; may be left out");
    reference.optional = true;
    std::vector<ParamSpec> specs = {fileParam("input", "Input", "Any video"),
                                    outputParam("Y4M file to write; empty: kept with the run"),
                                    reference, framesParam(0)};
    for (ParamSpec& spec : rawParams({"input", "reference"}))
        specs.push_back(std::move(spec));
    return specs;
}

Result<RunResult> DecodeExperiment::run(const Params& params, Progress& progress) const
{
    RunResult out;
    VITRINE_TRY(const auto source, openInput(params, "input", progress, out));
    const std::int64_t frames = framesWanted(params, source->info().frames);
    const bool isKept = !params.has("output");
    const std::filesystem::path file = isKept ? progress.artifactFolder() / "decoded.y4m"
                                              : std::filesystem::path(params.text("output"));
    VITRINE_TRY(const double seconds, writeAll(*source, frames, file, progress));

    double bits = std::nan(""), psnrY = std::nan("");
    if (const auto* media = dynamic_cast<const codec::CodedSource*>(source.get())) {
        bits = 0;
        for (std::int64_t i = 0; i < frames; ++i)
            bits += static_cast<double>(media->frames()[static_cast<std::size_t>(i)].bits);
    }
    if (params.has("reference")) {
        VITRINE_TRY(const auto reference, openInput(params, "reference", progress, out));
        video::SequenceRequest request;
        request.pairs = video::pairsOf(reference->info(), source->info(), 0, video::PairBy::time);
        std::erase_if(request.pairs,
                      [&](const video::FramePair& pair) { return pair.test >= frames; });
        request.options = {.ssim = false,
                           .ssimFfmpeg = false,
                           .msSsim = false,
                           .vif = false,
                           .region = {},
                           .threads = 0};
        VITRINE_TRY(const video::SequenceResult result,
                    measureSequence(*reference, *source, request, told(progress, "frames")));
        psnrY = result.quality.psnr(0);
    }
    const double fps = rateOrNote(source->info(), out);
    noteDamage(*source, "input", out);
    out.metrics = {
        {"kbps", codec::kbps(bits, video::placesTaken(source->info(), frames), fps), "kbit/s",
         Origin::computed, "Payload of the packets over the duration"},
        {"bpp", codec::bitsPerPixel(bits, frames, source->info()), "bit", Origin::computed,
         "Payload over luma samples"},
        {"psnr_y", psnrY, "dB", Origin::computed, "Against the reference, mean of the frames' dB"},
        {"frames", static_cast<double>(frames), "frame", Origin::computed, "Written"},
        {"fps", static_cast<double>(frames) / seconds, "frame/s", Origin::measured,
         "Frames over seconds of decoding and conversion"}};
    noteUndefined(out, "kbps", bits, "the input is not coded");
    noteUndefined(out, "psnr_y", psnrY, "no reference was given");
    if (isKept)
        out.artifacts.push_back({"decoded.y4m", "video", file, {}, 0, Origin::computed});
    else
        out.notes.push_back(fmt::format("Written to {}.", file.string()));
    return out;
}

} // namespace vitrine::video_plugin
