#include "core/codec/compare/point.h"

#include "core/video/sequence.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vitrine::codec
{
namespace
{

video::SequenceProgress telling(const PointProgress& progress, const std::string& what)
{
    return [&progress, what](std::int64_t done, std::int64_t total) {
        return progress(static_cast<double>(done), static_cast<double>(total), what);
    };
}

Result<double> medianDecodeRate(const VideoCodec& codec, const std::filesystem::path& file,
                                const PointProgress& progress)
{
    constexpr double kLongPass = 2.0;
    const auto told = telling(progress, "timing the decoder");
    std::vector<double> rates;
    for (int pass = 0; pass < 3; ++pass) {
        OpenOptions options;
        options.threads = 1;
        VITRINE_TRY(const auto stream, codec.open(file, options));
        const std::int64_t frames = stream->info().frames;
        for (std::int64_t i = 0; i < frames; ++i) {
            if (!told(i, frames))
                return cancelled();
            VITRINE_TRY(const video::Frame frame, stream->read(i));
        }
        rates.push_back(static_cast<double>(frames) / stream->decodeSeconds());
        if (stream->decodeSeconds() > kLongPass)
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

Result<Point> makePoint(const VideoCodec& codec, video::FrameSource& source, std::int64_t frames,
                        const EncodeOptions& options, const std::filesystem::path& file,
                        const PointProgress& progress)
{
    const std::string name = toText(options);
    VITRINE_TRY(const Encoded encoded,
                codec.encode(source, 0, frames, options, file, telling(progress, name)));
    VITRINE_TRY(const auto decoded, codec.open(file));
    if (decoded->info().frames != frames)
        return failure("{}: {} frames went in, {} come out", name, frames, decoded->info().frames);
    video::SequenceRequest request{.pairs = video::firstPairs(frames)};
    request.options.ssimFfmpeg = false;
    const bool isFilled = codec.streamFormat(source.info().format) != source.info().format;
    LumaSource luma(*decoded);
    video::FrameSource& measured = isFilled ? static_cast<video::FrameSource&>(luma) : *decoded;
    VITRINE_TRY(const video::SequenceResult result,
                measureSequence(source, measured, request, telling(progress, "measuring " + name)));

    if (static_cast<std::int64_t>(result.frames.size()) != frames ||
        static_cast<std::int64_t>(encoded.frames.size()) > frames)
        return failure("{}: of {} frames {} have a size and {} can be measured", name, frames,
                       encoded.frames.size(), result.frames.size());

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
    VITRINE_TRY(point.decodeFps, medianDecodeRate(codec, file, progress));
    return point;
}

double kbps(double bits, std::int64_t frames, double framesPerSecond)
{
    return frames > 0 ? bits * framesPerSecond / (static_cast<double>(frames) * 1000)
                      : std::nan("");
}

double bitsPerPixel(double bits, std::int64_t frames, const video::SourceInfo& info)
{
    return bits / (static_cast<double>(info.width) * info.height * static_cast<double>(frames));
}

std::optional<double> missedRate(const EncodeOptions& options, double kbps)
{
    constexpr double kTolerance = 0.03;
    const double share = kbps / options.value - 1;
    if (options.mode != RateMode::bitrate || !(std::abs(share) > kTolerance))
        return std::nullopt;
    return share;
}

} // namespace vitrine::codec
