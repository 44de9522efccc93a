#include "plugins/video/experiments/point.h"

#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/base/number_text.h"
#include "plugins/video/experiments/quality.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>

namespace vitrine::video_plugin
{
namespace
{

Result<double> decodeRate(const codec::VideoCodec& codec, const std::filesystem::path& file,
                          Progress& progress)
{
    constexpr double kLongPass = 2.0;
    std::vector<double> rates;
    for (int pass = 0; pass < 3; ++pass) {
        codec::OpenOptions options;
        options.threads = 1;
        VITRINE_TRY(const auto media, codec.open(file, options));
        const std::int64_t frames = media->info().frames;
        for (std::int64_t i = 0; i < frames; ++i) {
            if (!progress.advance(static_cast<double>(i), static_cast<double>(frames),
                                  "timing the decoder"))
                return cancelled();
            VITRINE_TRY(const video::Frame frame, media->read(i));
        }
        rates.push_back(static_cast<double>(frames) / media->decodeSeconds());
        if (media->decodeSeconds() > kLongPass)
            break;
    }
    std::ranges::sort(rates);
    return rates[rates.size() / 2];
}

// The luma of a source as greys.
class LumaSource : public video::FrameSource
{
public:
    explicit LumaSource(video::FrameSource& source) : source_(source), info_(source.info())
    {
        info_.format.chroma = video::Chroma::k400;
    }
    const video::SourceInfo& info() const override { return info_; }
    Result<video::Frame> read(std::int64_t index) override
    {
        VITRINE_TRY(const video::Frame frame, source_.read(index));
        video::Frame luma(frame.width(), frame.height(), {frame.format().bits, video::Chroma::k400},
                          frame.colour);
        std::memcpy(luma.row(0, 0), frame.row(0, 0),
                    luma.rowBytes(0) * static_cast<std::size_t>(luma.height()));
        return luma;
    }

private:
    video::FrameSource& source_;
    video::SourceInfo info_;
};

} // namespace

Result<std::string> hashFrames(video::FrameSource& source, std::int64_t frames, Progress& progress)
{
    Sha256 hash;
    const video::SourceInfo& info = source.info();
    const std::string head =
        fmt::format("{}x{} {} {} {}", info.width, info.height, formatName(info.format),
                    colourName(info.colour), shortest(info.framesPerSecond));
    hash.add(std::as_bytes(std::span(head)));
    for (std::int64_t i = 0; i < frames; ++i) {
        if (!progress.advance(static_cast<double>(i), static_cast<double>(frames),
                              "reading the reference"))
            return cancelled();
        VITRINE_TRY(const video::Frame frame, source.read(i));
        hash.add(frame.bytes());
    }
    return hash.hex();
}

Result<Point> makePoint(const codec::VideoCodec& codec, video::FrameSource& source,
                        std::int64_t frames, const codec::EncodeOptions& options,
                        const std::filesystem::path& file, Progress& progress)
{
    const std::string name = toText(options);
    const auto told = [&](std::int64_t done, std::int64_t total) {
        return progress.advance(static_cast<double>(done), static_cast<double>(total), name);
    };
    VITRINE_TRY(const codec::Encoded encoded, codec.encode(source, 0, frames, options, file, told));
    VITRINE_TRY(const auto decoded, codec.open(file));
    if (decoded->info().frames != frames)
        return failure("{}: {} frames went in, {} come out", name, frames, decoded->info().frames);
    SequenceRequest request;
    request.pairs = firstPairs(frames);
    request.what = "measuring " + name;
    request.options.ssimFfmpeg = false;
    const bool isFilled = codec.streamFormat(source.info().format) != source.info().format;
    LumaSource luma(*decoded);
    video::FrameSource& measured = isFilled ? static_cast<video::FrameSource&>(luma) : *decoded;
    VITRINE_TRY(const SequenceResult result, measure(source, measured, request, progress));

    Point point;
    point.command = encoded.command;
    point.violation = encoded.violation;
    point.payloadBytes = encoded.payloadBytes;
    point.fileBytes = encoded.fileBytes;
    point.encodeFps = static_cast<double>(frames) / encoded.encodeSeconds;
    point.stream = file;
    for (std::size_t i = 0; i < encoded.frames.size(); ++i) {
        const video::FrameQuality& q = result.frames[i];
        // What the decoder saw, where it says more than the encoder.
        const char type = decoded->frames()[i].type;
        point.frames.push_back({encoded.frames[i].bits, type != '?' ? type : encoded.frames[i].type,
                                q.error.psnr(0), q.error.psnr(1), q.error.psnr(2),
                                q.error.psnr611(), q.ssim, q.msSsim});
    }
    VITRINE_TRY(point.decodeFps, decodeRate(codec, file, progress));
    return point;
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

void noteMissedRate(const codec::VideoCodec& codec, const codec::EncodeOptions& options,
                    double kbps, RunResult& out)
{
    constexpr double kTolerance = 0.03;
    const double share = kbps / options.value - 1;
    if (options.mode == codec::RateMode::bitrate && std::abs(share) > kTolerance)
        out.notes.push_back(fmt::format(
            "Warning: {} was asked for {} kbit/s and made {:.1f} ({} %).", codec.info().title,
            shortest(options.value), kbps, signedText(100 * share, 1)));
}

} // namespace vitrine::video_plugin
