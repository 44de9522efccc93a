#include "plugins/video/experiments/encode_experiment.h"

#include "plugins/video/experiments/input.h"
#include "plugins/video/experiments/rd.h"

namespace vitrine::video_plugin
{

namespace
{

Result<codec::EncodeOptions> onePoint(const std::string& text, const codec::CodecList& codecs)
{
    VITRINE_TRY(const auto list, codec::parseEncodeList(text, codecs));
    if (list.size() != 1)
        return argumentError(
            "codec: one point is encoded, {} are given; video.compare takes several", list.size());
    return list.front();
}

} // namespace

ExperimentInfo EncodeExperiment::info() const
{
    return {"video.encode", "Encode a video",
            "One input by one codec into a file, with its rate and quality frame by frame.", 1};
}

std::vector<ParamSpec> EncodeExperiment::params(const Params&) const
{
    ParamSpec codec = textParam("codec", "Codec", "x264:crf=23", "");
    codec.help =
        fmt::format("name:rate:options, e.g. x265:crf=28:preset=slow:gop=32:protocol=ld; names: {}",
                    codecs_.names());
    codec.group = "Codec";
    codec.check = [&codecs = codecs_](const std::string& text) -> Result<void> {
        VITRINE_CHECK(onePoint(text, codecs));
        return {};
    };
    std::vector<ParamSpec> specs = {
        fileParam("input", "Input", "Any video, raw YUV, Y4M, a folder of pictures"), codec,
        outputParam(
            "File to write; its ending chooses the container. Empty: a .mkv kept with the run"),
        framesParam(0)};
    for (ParamSpec& spec : rawParams())
        specs.push_back(std::move(spec));
    return specs;
}

Result<RunResult> EncodeExperiment::run(const Params& params, Progress& progress) const
{
    RunResult out;
    VITRINE_TRY(const codec::EncodeOptions options, onePoint(params.text("codec"), codecs_));
    VITRINE_TRY(const codec::VideoCodec* encoder, codecs_.find(options.codec));
    VITRINE_TRY(const auto source, openInput(params, "input", progress, out, codecs_));
    const std::int64_t frames = framesWanted(params, source->info().frames);
    const bool isKept = !params.has("output");
    const std::string kept = "encoded" + encoder->info().ending;
    const std::filesystem::path file =
        isKept ? progress.artifactFolder() / kept : std::filesystem::path(params.text("output"));
    VITRINE_TRY(const codec::Point point,
                makePoint(*encoder, *source, frames, options, file, told(progress)));

    const double fps = rateOrNote(source->info(), out),
                 bits = 8.0 * static_cast<double>(point.payloadBytes);
    noteDamage(*source, "input", out);
    noteFilledChroma(source->info(), {encoder}, out);
    noteMissedRate(*encoder, options, codec::kbps(bits, frames, fps), out);
    double psnrY = 0, ssim = 0;
    Table table{"frames",
                {{"frame", "1", {}, ""},
                 {"type", "", {}, "I, P, B where the codec says"},
                 {"bits", "bit", {}, "Payload"},
                 {"psnr_y", "dB", {}, ""},
                 {"ssim", "1", {}, "Gaussian 11x11, luma"}},
                {}};
    for (const codec::PointFrame& frame : point.frames) {
        table.rows.push_back({static_cast<std::int64_t>(table.rows.size()),
                              std::string(1, frame.type), frame.bits, frame.psnrY, frame.ssim});
        psnrY += frame.psnrY / static_cast<double>(frames);
        ssim += frame.ssim / static_cast<double>(frames);
    }
    out.metrics = {{"kbps", codec::kbps(bits, frames, fps), "kbit/s", Origin::computed,
                    "Payload of all packets over the duration"},
                   {"bpp", codec::bitsPerPixel(bits, frames, source->info()), "bit",
                    Origin::computed, "Payload over luma samples"},
                   {"psnr_y", psnrY, "dB", Origin::computed, "Mean of the frames' dB"},
                   {"ssim", ssim, "1", Origin::computed, "Gaussian 11x11, luma"},
                   {"payload_bytes", static_cast<double>(point.payloadBytes), "byte",
                    Origin::computed, "Packets"},
                   {"file_bytes", static_cast<double>(point.fileBytes), "byte", Origin::computed,
                    "With the container"},
                   {"fps", point.encodeFps, "frame/s", Origin::measured,
                    "Frames over seconds in the encoder's calls"},
                   {"decode_fps", point.decodeFps, "frame/s", Origin::measured,
                    "Frames over seconds in the decoder's calls, one thread"}};
    out.notes.push_back(fmt::format("{}: {}", encoder->version(), point.command));
    if (!point.violation.empty())
        out.notes.push_back(
            fmt::format("Warning: the protocol was not kept: {}.", point.violation));
    out.tables.push_back(std::move(table));
    if (isKept)
        out.artifacts.push_back({kept, "video", file, {}, 0, Origin::computed});
    else
        out.notes.push_back(fmt::format("Written to {}.", file.string()));
    return out;
}

} // namespace vitrine::video_plugin
