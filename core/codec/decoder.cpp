#include "core/codec/decoder.h"

#include "core/base/parallel.h"
#include "core/codec/missing_references.h"

#include <algorithm>
#include <chrono>

namespace vitrine::codec
{
namespace
{

constexpr std::int64_t kMostPackets = 4'000'000; // 40 hours and more; 40 bytes each are kept
constexpr std::int64_t kMostPixels = std::int64_t{8192} * 8192;

// Decoders of the same bytes give the same samples on any number of threads where the bytes are
// whole. Of damaged ones these give what happens to be there; so only those decode on several whose
// frames stand alone or are refused as a whole.
bool isSameOnThreads(AVCodecID codec)
{
    switch (codec) {
    case AV_CODEC_ID_AV1:
    case AV_CODEC_ID_FFV1:
    case AV_CODEC_ID_PRORES:
    case AV_CODEC_ID_DNXHD:
    case AV_CODEC_ID_JPEG2000:
    case AV_CODEC_ID_MJPEG:
    case AV_CODEC_ID_HUFFYUV:
    case AV_CODEC_ID_FFVHUFF:
    case AV_CODEC_ID_UTVIDEO:
    case AV_CODEC_ID_RAWVIDEO:
        return true;
    default:
        return false;
    }
}

// Decoders that find damage wherever there is any: a checksum of each frame, or nothing to conceal.
bool tellsAllDamage(AVCodecID codec)
{
    return codec == AV_CODEC_ID_FFV1 || codec == AV_CODEC_ID_RAWVIDEO;
}
bool tellsNoDamage(AVCodecID codec)
{
    return codec == AV_CODEC_ID_HEVC || codec == AV_CODEC_ID_VP8 || codec == AV_CODEC_ID_VP9;
}

class Stopwatch
{
public:
    explicit Stopwatch(double& seconds) : seconds_(seconds) {}
    ~Stopwatch()
    {
        seconds_ +=
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;

private:
    double& seconds_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

} // namespace

Result<std::unique_ptr<Decoder>> Decoder::open(const std::filesystem::path& path,
                                               const OpenOptions& options)
{
    VITRINE_TRY(auto file, MediaFile::open(path));
    std::unique_ptr<Decoder> decoder(new Decoder);
    decoder->path_ = path;
    decoder->file_ = std::move(file);
    decoder->options_ = options;
    decoder->packet_.reset(av_packet_alloc());
    decoder->frame_.reset(av_frame_alloc());
    if (!decoder->packet_ || !decoder->frame_)
        return failure("cannot read {}: no memory", path.string());
    VITRINE_CHECK(decoder->openInput());
    VITRINE_CHECK(decoder->openCodec());
    return decoder;
}

Result<void> Decoder::openInput()
{
    VITRINE_TRY(input_, file_->openInput(options_));
    stream_ = av_find_best_stream(input_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (stream_ < 0)
        return inputError("cannot read {}: it holds no video", path_.string());
    for (unsigned i = 0; i < input_->nb_streams; ++i)
        if (static_cast<int>(i) != stream_)
            input_->streams[i]->discard = AVDISCARD_ALL;
    nextPacket_ = 0;
    isDraining_ = false;
    return {};
}

Result<void> Decoder::openCodec()
{
    const AVCodecParameters* parameters = stream().codecpar;
    const AVCodec* codec = avcodec_find_decoder(parameters->codec_id);
    if (!codec)
        return inputError("cannot read {}: there is no decoder for {}", path_.string(),
                          avcodec_get_name(parameters->codec_id));
    codec_.reset(avcodec_alloc_context3(codec));
    if (!codec_ || avcodec_parameters_to_context(codec_.get(), parameters) < 0)
        return failure("cannot read {}: no memory", path_.string());
    const int threads = options_.threads > 0 ? options_.threads : threadCount();
    codec_->thread_count = isSameOnThreads(parameters->codec_id) ? threads : 1;
    codec_->max_pixels = kMostPixels;
    codec_->pkt_timebase = stream().time_base;
    if (options_.sideData)
        codec_->export_side_data |=
            AV_CODEC_EXPORT_DATA_MVS | AV_CODEC_EXPORT_DATA_VIDEO_ENC_PARAMS;
    if (const int opened = avcodec_open2(codec_.get(), codec, nullptr); opened < 0)
        return inputError("cannot read {}: decoder {} refuses it: {}", path_.string(), codec->name,
                          avErrorText(opened));
    if (parameters->codec_id == AV_CODEC_ID_HEVC)
        check_.emplace(
            ByteSpan(parameters->extradata, static_cast<std::size_t>(parameters->extradata_size)));
    return {};
}

// Whether a packet is whole, where its decoder does not tell.
void Decoder::checkPacket()
{
    damaged_.erase(nextPacket_ - 1);
    if (!check_)
        return;
    switch (check_->check({packet_->data, static_cast<std::size_t>(packet_->size)})) {
    case Wholeness::whole:
        ++wholePackets_;
        break;
    case Wholeness::damaged:
        damaged_.insert(nextPacket_ - 1);
        break;
    case Wholeness::unknown:
        break;
    }
}

std::string Decoder::damageNotTold() const
{
    const char* name = avcodec_get_name(codecId());
    if (check_ && !check_->notRead().empty())
        return fmt::format("its {} stream has {}, which are not followed here", name,
                           check_->notRead());
    if (check_)
        return wholePackets_ > 0 || damaged_.empty()
                   ? ""
                   : fmt::format("not one of its pictures reads as {} says", name);
    if (tellsAllDamage(codecId()))
        return "";
    return fmt::format("FFmpeg's decoder of {} {}", name,
                       tellsNoDamage(codecId()) ? "does not tell" : "sees a part of it only");
}

bool Decoder::isCancelled()
{
    return isStopped(options_);
}

bool Decoder::readPacket()
{
    constexpr int kPatience = 1000; // times that a demuxer may say "again" without a packet
    for (int again = 0; again < kPatience;) {
        av_packet_unref(packet_.get());
        const int got = av_read_frame(input_.get(), packet_.get());
        if (got == AVERROR(EAGAIN)) {
            ++again;
            continue;
        }
        if (got < 0) {
            if (got != AVERROR_EOF && got != AVERROR_EXIT)
                readingTrouble_ = avErrorText(got);
            return false;
        }
        if (packet_->stream_index == stream_) {
            ++nextPacket_;
            return true;
        }
    }
    return false;
}

Result<std::vector<PacketEntry>> Decoder::scan()
{
    std::vector<PacketEntry> packets;
    const std::int64_t size = input_->pb ? avio_size(input_->pb) : 0;
    while (readPacket()) {
        packets.push_back({packet_->pts, packet_->dts, packet_->pos, packet_->size,
                           (packet_->flags & AV_PKT_FLAG_KEY) != 0,
                           (packet_->flags & AV_PKT_FLAG_DISCARD) != 0,
                           (packet_->flags & AV_PKT_FLAG_CORRUPT) != 0});
        if (static_cast<std::int64_t>(packets.size()) > kMostPackets)
            return inputError("cannot read {}: more than {} packets", path_.string(), kMostPackets);
        const double share =
            size > 0 ? static_cast<double>(packet_->pos) / static_cast<double>(size) : 0;
        if (options_.progress && packets.size() % 256 == 0 &&
            !options_.progress(std::clamp(share, 0.0, 1.0)))
            return cancelled();
    }
    if (isCancelled())
        return cancelled();
    VITRINE_CHECK(restart());
    return packets;
}

Result<void> Decoder::restart()
{
    input_.reset();
    VITRINE_CHECK(openInput());
    avcodec_flush_buffers(codec_.get());
    return {};
}

Result<void> Decoder::outOfMemory() const
{
    return inputError("cannot read {}: out of memory while decoding near packet {}", path_.string(),
                      nextPacket_ - 1);
}

// One packet, or the sign that there are no more. The packet's number travels as its time: a
// decoder hands it on with the frame, whatever it reorders.
Result<void> Decoder::feed()
{
    const bool got = readPacket();
    if (!got && isCancelled())
        return cancelled();
    if (got) {
        packet_->pts = packet_->dts = nextPacket_ - 1;
        packet_->duration = 0;
    }
    isDraining_ = !got;
    if (got)
        checkPacket();
    bool isMissing = false;
    const MissingReferenceWatch missing(isMissing);
    const Stopwatch watch(seconds_);
    // A broken packet gives no frame: seen by its absence. One for which there was no memory is not
    // broken.
    if (avcodec_send_packet(codec_.get(), got ? packet_.get() : nullptr) == AVERROR(ENOMEM))
        return outOfMemory();
    if (isMissing)
        damaged_.insert(nextPacket_ - 1);
    return {};
}

Result<std::optional<Decoder::Decoded>> Decoder::next()
{
    constexpr int kMostTroubles =
        10'000; // of broken packets in the decoder's queue, one after another
    for (int troubles = 0; troubles < kMostTroubles;) {
        int got = 0;
        bool isMissing = false;
        {
            const MissingReferenceWatch missing(isMissing);
            const Stopwatch watch(seconds_);
            got = avcodec_receive_frame(codec_.get(), frame_.get());
        }
        if (isMissing)
            damaged_.insert(nextPacket_ - 1);
        if (got == 0)
            return Decoded{frame_.get(), frame_->pts,
                           frame_->decode_error_flags != 0 ||
                               (frame_->flags & AV_FRAME_FLAG_CORRUPT) != 0 ||
                               damaged_.contains(frame_->pts)};
        if (got == AVERROR_EOF || (isDraining_ && got == AVERROR(EAGAIN)))
            return std::optional<Decoded>();
        if (got == AVERROR(ENOMEM))
            return tl::unexpected(outOfMemory().error());
        if (got != AVERROR(EAGAIN)) {
            ++troubles;
            continue;
        }
        VITRINE_CHECK(feed());
    }
    return std::optional<Decoded>();
}

Result<void> Decoder::seek(const std::vector<PacketEntry>& packets, std::int64_t target)
{
    const PacketEntry& wanted = packets[static_cast<std::size_t>(target)];
    const std::int64_t time = wanted.dts != AV_NOPTS_VALUE ? wanted.dts : wanted.pts;
    const auto skipTo = [&] { // packets before the target are read and left
        while (nextPacket_ < target)
            if (!readPacket())
                return false;
        return true;
    };
    if (time != AV_NOPTS_VALUE &&
        av_seek_frame(input_.get(), stream_, time, AVSEEK_FLAG_BACKWARD) >= 0) {
        // The first packet tells where we are. It has been read already, so the demuxer seeks once
        // more where it is the target.
        isDraining_ = false;
        avcodec_flush_buffers(codec_.get());
        nextPacket_ = 0;
        if (readPacket()) {
            const auto here = std::ranges::find_if(
                packets, [&](const PacketEntry& entry) { return entry.sameAs(*packet_); });
            const std::int64_t number = here - packets.begin();
            if (here != packets.end() && number == target) {
                if (av_seek_frame(input_.get(), stream_, time, AVSEEK_FLAG_BACKWARD) >= 0) {
                    nextPacket_ = target;
                    return {};
                }
            } else if (here != packets.end() && number < target) {
                nextPacket_ = number + 1;
                if (skipTo())
                    return {};
            }
        }
    }
    VITRINE_CHECK(restart());
    if (!skipTo())
        return inputError("cannot read {}: packet {} is gone; has the file changed?",
                          path_.string(), target);
    return {};
}

} // namespace vitrine::codec
