#include "core/codec/ffmpeg_codec.h"

#include "core/base/format.h"
#include "core/codec/av_frame.h"
#include "core/codec/media_source.h"
#include "core/video/rate.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

namespace vitrine::codec
{
namespace
{

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

AVRational rateOf(const video::SourceInfo& info)
{
    const video::Rate rate = video::rateOf(info.framesPerSecond);
    if (rate.numerator == 0)
        return {25, 1};
    AVRational result{};
    av_reduce(&result.num, &result.den, rate.numerator, rate.denominator, 1'001'000'000);
    return result;
}

AVColorSpace matrixOf(video::Matrix matrix)
{
    switch (matrix) {
    case video::Matrix::bt601:
        return AVCOL_SPC_SMPTE170M;
    case video::Matrix::bt709:
        return AVCOL_SPC_BT709;
    case video::Matrix::bt2020:
        return AVCOL_SPC_BT2020_NCL;
    case video::Matrix::unknown:
        break;
    }
    return AVCOL_SPC_UNSPECIFIED;
}

bool takesFormat(const AVCodec& codec, AVPixelFormat wanted)
{
    for (const AVPixelFormat* f = codec.pix_fmts; f && *f != AV_PIX_FMT_NONE; ++f)
        if (*f == wanted && wanted != AV_PIX_FMT_NONE)
            return true;
    return false;
}

const AVCodec* encoderOf(const FfmpegEntry& entry)
{
    return avcodec_find_encoder_by_name(std::string(entry.encoder).c_str());
}

// See VideoCodec::streamFormat.
video::SampleFormat filledFormat(const FfmpegEntry& entry, const video::SampleFormat& format)
{
    const AVCodec* encoder = encoderOf(entry);
    if (format.chroma != video::Chroma::k400 || !encoder)
        return format;
    // FFmpeg's decoder of H.264 gives 4:2:0 for a stream without chroma.
    if (entry.name != "x264" && takesFormat(*encoder, pixelFormatOf(format)))
        return format;
    video::SampleFormat filled = format;
    filled.chroma = video::Chroma::k420;
    return filled;
}

// A grey frame with chroma that says grey.
video::Frame withGreyChroma(const video::Frame& grey)
{
    video::SampleFormat format = grey.format();
    format.chroma = video::Chroma::k420;
    video::Frame frame(grey.width(), grey.height(), format, grey.colour);
    std::memcpy(frame.row(0, 0), grey.row(0, 0),
                grey.rowBytes(0) * static_cast<std::size_t>(grey.height()));
    for (int plane = 1; plane < 3; ++plane)
        for (int y = 0; y < frame.height(plane); ++y)
            for (int x = 0; x < frame.width(plane); ++x)
                frame.setSample(plane, x, y, 1 << (format.bits - 1));
    return frame;
}

class Encoder
{
public:
    Encoder(fs::path file, const EncodeOptions& options, const FfmpegEntry& entry)
        : file_(std::move(file)), options_(options), entry_(entry)
    {
    }

    Result<void> open(video::SourceInfo info)
    {
        prepareFfmpeg();
        const video::SampleFormat given = info.format;
        info.format = filledFormat(entry_, given);
        fillsChroma_ = info.format != given;
        const AVCodec* codec = encoderOf(entry_);
        if (!codec)
            return failure("{}: this FFmpeg was built without {}", options_.codec, entry_.encoder);
        codec_.reset(avcodec_alloc_context3(codec));
        packet_.reset(av_packet_alloc());
        if (!codec_ || !packet_)
            return failure("cannot encode: no memory");
        VITRINE_CHECK(checkFormat(*codec, info));
        VITRINE_CHECK(checkSides(info));
        setPicture(info);
        VITRINE_CHECK(openOutput());
        VITRINE_CHECK(openCodec(*codec));
        return writeHeader();
    }

    Result<void> add(const video::Frame& frame)
    {
        FrameHandle picture = toAv(fillsChroma_ ? withGreyChroma(frame) : frame);
        if (!picture)
            return failure("cannot encode: no memory");
        picture->pts = added_++;
        picture->quality = codec_->global_quality;
        return send(picture.get());
    }

    bool hasBegunToWrite() const { return hasBegun_; }

    Result<Encoded> finish()
    {
        VITRINE_CHECK(send(nullptr));
        if (const int done = av_write_trailer(output_.get()); done < 0)
            return writeFailure(done);
        output_.reset();
        std::error_code trouble;
        result_.fileBytes = static_cast<std::int64_t>(fs::file_size(file_, trouble));
        std::ranges::sort(packets_, {}, &Timed::time);
        for (const Timed& packet : packets_)
            result_.frames.push_back(packet.frame);
        result_.violation = violation();
        return std::move(result_);
    }

private:
    struct Timed {
        std::int64_t time = 0;
        EncodedFrame frame;
    };

    Result<void> checkFormat(const AVCodec& codec, const video::SourceInfo& info) const
    {
        if (takesFormat(codec, pixelFormatOf(info.format)))
            return {};
        std::string known;
        for (const AVPixelFormat* f = codec.pix_fmts; f && *f != AV_PIX_FMT_NONE; ++f)
            known += (known.empty() ? "" : ", ") + std::string(av_get_pix_fmt_name(*f));
        return argumentError("{} does not encode {}: it takes {}", entry_.title,
                             formatName(info.format), known);
    }

    // Before the encoder is asked: some lose memory, or write to the terminal, where they refuse.
    Result<void> checkSides(const video::SourceInfo& info) const
    {
        const auto odd = [](int side, int shift) { return shift > 0 && side % 2 != 0; };
        if (!entry_.evenOnly ||
            (!odd(info.width, info.format.shiftX()) && !odd(info.height, info.format.shiftY())))
            return {};
        return oddSize(info.width, info.height);
    }

    tl::unexpected<Error> oddSize(int width, int height) const
    {
        return inputError(
            "{} refuses {}x{}: width and height must be even for it; cut a row or a "
            "column off, or use a codec that takes odd sizes (vp9, aom, mpeg4, mpeg2)",
            entry_.title, width, height);
    }

    void setPicture(const video::SourceInfo& info)
    {
        codec_->width = info.width;
        codec_->height = info.height;
        codec_->pix_fmt = pixelFormatOf(info.format);
        codec_->framerate = rateOf(info);
        codec_->time_base = av_inv_q(codec_->framerate);
        codec_->gop_size = options_.gop;
        codec_->keyint_min = options_.gop;
        codec_->thread_count = options_.threads;
        codec_->colorspace = matrixOf(info.colour.matrix);
        codec_->color_range = info.colour.range == video::ColourRange::full ? AVCOL_RANGE_JPEG
                              : info.colour.range == video::ColourRange::limited
                                  ? AVCOL_RANGE_MPEG
                                  : AVCOL_RANGE_UNSPECIFIED;
        codec_->flags |= AV_CODEC_FLAG_BITEXACT;
        if (options_.mode == RateMode::bitrate)
            codec_->bit_rate = std::llround(options_.value * 1000);
        if (options_.protocol == Protocol::lowDelay)
            codec_->max_b_frames = 0;
    }

    Result<void> openOutput()
    {
        AVFormatContext* raw = nullptr;
        const int made = avformat_alloc_output_context2(&raw, nullptr, nullptr, file_.c_str());
        output_.reset(raw);
        if (made < 0)
            return argumentError(
                "cannot write {}: no container has this ending; .mkv takes every codec",
                file_.string());
        output_->flags |= AVFMT_FLAG_BITEXACT;
        if ((output_->oformat->flags & AVFMT_GLOBALHEADER) != 0)
            codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
        return {};
    }

    Result<void> openCodec(const AVCodec& codec)
    {
        const EncoderSetup setup = entry_.setup(options_);
        AvOptions options;
        result_.command = fmt::format("-c:v {} -g {} -threads {}", entry_.encoder, options_.gop,
                                      options_.threads);
        for (const auto& [key, value] : setup.options) {
            options.set(key, value);
            result_.command += fmt::format(" -{} {}", key, value);
        }
        if (setup.quantizerScale > 0) {
            codec_->flags |= AV_CODEC_FLAG_QSCALE;
            codec_->global_quality = FF_QP2LAMBDA * setup.quantizerScale;
            result_.command += fmt::format(" -qscale:v {}", setup.quantizerScale);
        }
        if (options_.mode == RateMode::bitrate)
            result_.command += fmt::format(" -b:v {}", codec_->bit_rate);
        if (const int opened = avcodec_open2(codec_.get(), &codec, options.get()); opened < 0) {
            if (codec_->width % 2 != 0 || codec_->height % 2 != 0)
                return oddSize(codec_->width, codec_->height);
            return failure("{} refuses {}x{} with {}: {}", entry_.title, codec_->width,
                           codec_->height, result_.command, avErrorText(opened));
        }
        if (const std::string left = options.leftOver(); !left.empty())
            return failure("{} does not know the option {}", entry_.title, left);
        return {};
    }

    Result<void> writeHeader()
    {
        AVStream* stream = avformat_new_stream(output_.get(), nullptr);
        if (!stream || avcodec_parameters_from_context(stream->codecpar, codec_.get()) < 0)
            return failure("cannot encode: no memory");
        stream->time_base = codec_->time_base;
        stream->avg_frame_rate = codec_->framerate;
        if (const int opened = avio_open(&output_->pb, file_.c_str(), AVIO_FLAG_WRITE); opened < 0)
            return writeFailure(opened);
        hasBegun_ = true;
        if (const int written = avformat_write_header(output_.get(), nullptr); written < 0)
            return writeFailure(written);
        return {};
    }

    tl::unexpected<Error> writeFailure(int code) const
    {
        return failure("cannot write {}: {}", file_.string(), avErrorText(code));
    }

    // A frame, or nullptr for the end; takes the packets that are ready.
    Result<void> send(const AVFrame* frame)
    {
        const auto timed = [this](auto&& call) {
            const auto start = Clock::now();
            const int code = call();
            result_.encodeSeconds += std::chrono::duration<double>(Clock::now() - start).count();
            return code;
        };
        int code = timed([&] { return avcodec_send_frame(codec_.get(), frame); });
        while (code >= 0) {
            code = timed([&] { return avcodec_receive_packet(codec_.get(), packet_.get()); });
            if (code >= 0)
                VITRINE_CHECK(take());
        }
        if (code != AVERROR(EAGAIN) && code != AVERROR_EOF &&
            (codec_->width % 2 != 0 || codec_->height % 2 != 0))
            return oddSize(codec_->width, codec_->height);
        if (code != AVERROR(EAGAIN) && code != AVERROR_EOF)
            return failure("{} failed at frame {}: {}", entry_.title, added_, avErrorText(code));
        return {};
    }

    Result<void> take()
    {
        Timed timed{
            packet_->pts,
            {8 * std::int64_t{packet_->size}, (packet_->flags & AV_PKT_FLAG_KEY) != 0, '?'}};
        if (const std::uint8_t* data =
                av_packet_get_side_data(packet_.get(), AV_PKT_DATA_QUALITY_STATS, nullptr)) {
            const char type = av_get_picture_type_char(
                static_cast<AVPictureType>(data[4])); // after the quality, 32 bits
            timed.frame.type = type == 'I' || type == 'P' || type == 'B' ? type : '?';
        }
        isReordered_ |= !packets_.empty() && packet_->pts < packets_.back().time;
        packets_.push_back(timed);
        result_.payloadBytes += packet_->size;
        packet_->duration = 1;
        av_packet_rescale_ts(packet_.get(), codec_->time_base, output_->streams[0]->time_base);
        packet_->stream_index = 0;
        const int written = av_interleaved_write_frame(output_.get(), packet_.get());
        return written < 0 ? Result<void>(writeFailure(written)) : Result<void>();
    }

    std::string violation() const
    {
        if (static_cast<std::int64_t>(result_.frames.size()) != added_)
            return fmt::format("{} packets for {} frames", result_.frames.size(), added_);
        for (std::size_t i = 0; i < result_.frames.size(); ++i)
            if (result_.frames[i].isKey != (i % static_cast<std::size_t>(options_.gop) == 0))
                return fmt::format("frame {} is {}a key frame, the intra period is {}", i,
                                   result_.frames[i].isKey ? "" : "not ", options_.gop);
        if (options_.protocol == Protocol::lowDelay && isReordered_)
            return "frames are reordered although the protocol is low delay";
        return {};
    }

    fs::path file_;
    EncodeOptions options_;
    const FfmpegEntry& entry_;
    CodecHandle codec_;
    OutputHandle output_;
    PacketHandle packet_;
    std::int64_t added_ = 0;
    bool isReordered_ = false, hasBegun_ = false, fillsChroma_ = false;
    std::vector<Timed> packets_;
    Encoded result_;
};

Result<Encoded> encodeAll(video::FrameSource& source, std::int64_t first, std::int64_t count,
                          Encoder& encoder, const EncodeProgress& progress)
{
    VITRINE_CHECK(encoder.open(source.info()));
    for (std::int64_t i = 0; i < count; ++i) {
        if (progress && !progress(i, count))
            return cancelled();
        VITRINE_TRY(const video::Frame frame, source.read(first + i));
        VITRINE_CHECK(encoder.add(frame));
    }
    return encoder.finish();
}

CodecInfo infoOf(const FfmpegEntry& entry)
{
    CodecInfo info;
    info.name = entry.name;
    info.title = entry.title;
    info.rates.push_back({RateMode::quality, std::string(entry.qualityKey), entry.quality});
    if (entry.quantizer.high >= entry.quantizer.low)
        info.rates.push_back({RateMode::quantizer, "qp", entry.quantizer});
    info.rates.push_back({RateMode::bitrate, "kbps", {1, 1e6, false}});
    info.presets.assign(entry.presets.begin(), entry.presets.end());
    info.defaultPreset = entry.defaultPreset;
    return info;
}

} // namespace

FfmpegCodec::FfmpegCodec(const FfmpegEntry& entry) : VideoCodec(infoOf(entry)), entry_(entry) {}

std::string FfmpegCodec::version() const
{
    const unsigned v = avcodec_version();
    return fmt::format("{}, libavcodec {}.{}.{}", entry_.encoder, v >> 16, v >> 8 & 255, v & 255);
}

video::SampleFormat FfmpegCodec::streamFormat(const video::SampleFormat& format) const
{
    return filledFormat(entry_, format);
}

Result<std::unique_ptr<CodedSource>> FfmpegCodec::open(const fs::path& path,
                                                       const OpenOptions& options) const
{
    VITRINE_TRY(auto media, MediaSource::open(path, options));
    return std::unique_ptr<CodedSource>(std::move(media));
}

Result<Encoded> FfmpegCodec::encodeFrames(video::FrameSource& source, std::int64_t first,
                                          std::int64_t count, const EncodeOptions& options,
                                          const fs::path& file,
                                          const EncodeProgress& progress) const
{
    Encoder encoder(file, options, entry_);
    auto result = encodeAll(source, first, count, encoder, progress);
    if (!result && encoder.hasBegunToWrite()) { // nobody takes half a file for a whole one
        std::error_code ignored;
        fs::remove(file, ignored);
    }
    return result;
}

} // namespace vitrine::codec
