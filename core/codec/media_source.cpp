#include "core/codec/media_source.h"

#include "core/codec/av_frame.h"
#include "core/codec/decoder.h"

#include <algorithm>
#include <cassert>
#include <optional>

namespace vitrine::codec
{
namespace
{

using video::Frame;

// Do the packets' times alone tell which frames there are and in which order? Only where each
// packet is one picture with a time of its own.
bool timesTellOrder(const std::vector<PacketEntry>& packets, const AVStream& stream)
{
    switch (stream.codecpar->codec_id) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_HEVC:
    case AV_CODEC_ID_AV1:
    case AV_CODEC_ID_VP9:
    case AV_CODEC_ID_MPEG2VIDEO:
    case AV_CODEC_ID_MPEG4:
    case AV_CODEC_ID_MJPEG:
    case AV_CODEC_ID_FFV1:
    case AV_CODEC_ID_RAWVIDEO:
        break;
    default:
        return false;
    }
    const AVFieldOrder fields = stream.codecpar->field_order;
    if (fields != AV_FIELD_UNKNOWN && fields != AV_FIELD_PROGRESSIVE)
        return false;
    std::vector<std::int64_t> times;
    for (const PacketEntry& packet : packets) {
        if (packet.pts == AV_NOPTS_VALUE || packet.isDiscarded || packet.bytes == 0)
            return false;
        times.push_back(packet.pts);
    }
    std::ranges::sort(times);
    return !packets.empty() && packets.front().isKey &&
           std::ranges::adjacent_find(times) == times.end();
}

char typeOf(const AVFrame& frame)
{
    const char type = av_get_picture_type_char(frame.pict_type);
    return type == 'I' || type == 'P' || type == 'B' ? type : '?';
}

} // namespace

class MediaSource::Impl
{
public:
    Impl(std::filesystem::path path, std::unique_ptr<Decoder> decoder)
        : path_(std::move(path)), decoder_(std::move(decoder))
    {
    }

    Result<void> prepare(const OpenOptions& options)
    {
        VITRINE_TRY(packets_, decoder_->scan());
        if (packets_.empty())
            return inputError("cannot read {}: its video stream has no packets", path_.string());
        if (timesTellOrder(packets_, decoder_->stream()))
            orderByTime();
        else
            VITRINE_CHECK(orderByDecoding(options));
        if (packetOf_.empty())
            return inputError("cannot read {}: none of its {} packets can be decoded",
                              path_.string(), packets_.size());
        indexFrames();
        return describe();
    }

    Result<Frame> read(std::int64_t index)
    {
        assert(index >= 0 && index < info_.frames);
        if (last_ && lastIndex_ == index)
            return *last_;
        VITRINE_TRY(std::optional<Frame> frame, readOnce(index));
        if (!frame &&
            decodedFrom_ > 0) { // leading pictures of an open group may need an earlier start
            VITRINE_CHECK(decoder_->restart());
            position_ = -1;
            VITRINE_TRY(frame, decodeUntil(index));
        }
        if (!frame)
            return inputError("cannot read {}: frame {} cannot be decoded", path_.string(), index);
        if (frame->width() != info_.width || frame->height() != info_.height ||
            frame->format() != info_.format)
            return inputError("cannot read {}: frame {} is {}x{} {}, the first is {}x{} {}",
                              path_.string(), index, frame->width(), frame->height(),
                              formatName(frame->format()), info_.width, info_.height,
                              formatName(info_.format));
        last_ = *frame;
        lastIndex_ = index;
        return *std::move(frame);
    }

    std::int64_t keyFrameBefore(std::int64_t index) const
    {
        const auto after = std::ranges::upper_bound(keys_, index);
        return after == keys_.begin() ? 0 : *std::prev(after);
    }

    video::SourceInfo info_;
    std::vector<StreamFrame> frames_;
    std::vector<std::int64_t> keys_;
    std::int64_t payload_ = 0;
    const Decoder& decoder() const { return *decoder_; }

private:
    void orderByTime()
    {
        packetOf_.resize(packets_.size());
        for (std::size_t i = 0; i < packets_.size(); ++i)
            packetOf_[i] = static_cast<std::int64_t>(i);
        std::ranges::stable_sort(packetOf_, {}, [&](std::int64_t packet) {
            return packets_[static_cast<std::size_t>(packet)].pts;
        });
    }

    Result<void> orderByDecoding(const OpenOptions& options)
    {
        std::vector<bool> seen(packets_.size());
        while (true) {
            VITRINE_TRY(const auto decoded, decoder_->next());
            if (!decoded)
                break;
            // Two pictures of one packet share its number; only the first can be asked for again.
            if (decoded->packet < 0 || decoded->packet >= static_cast<std::int64_t>(seen.size()) ||
                seen[static_cast<std::size_t>(decoded->packet)])
                continue;
            seen[static_cast<std::size_t>(decoded->packet)] = true;
            packetOf_.push_back(decoded->packet);
            const double share =
                static_cast<double>(packetOf_.size()) / static_cast<double>(packets_.size());
            if (options.progress && !options.progress(std::min(share, 1.0)))
                return cancelled();
        }
        return decoder_->restart();
    }

    void indexFrames()
    {
        indexOf_.assign(packets_.size(), -1);
        for (std::size_t i = 0; i < packetOf_.size(); ++i)
            indexOf_[static_cast<std::size_t>(packetOf_[i])] = static_cast<std::int64_t>(i);
        // Packets without a frame of their own (second fields, hidden frames) count to the frame
        // before them.
        frames_.resize(packetOf_.size());
        std::int64_t current = 0;
        for (std::size_t p = 0; p < packets_.size(); ++p) {
            if (indexOf_[p] >= 0) {
                current = indexOf_[p];
                frames_[static_cast<std::size_t>(current)].isKey = packets_[p].isKey;
                if (packets_[p].isKey)
                    keys_.push_back(current);
            }
            frames_[static_cast<std::size_t>(current)].bits += 8 * std::int64_t{packets_[p].bytes};
            payload_ += packets_[p].bytes;
        }
        std::ranges::sort(keys_);
    }

    Result<void> describe()
    {
        info_.frames = static_cast<std::int64_t>(packetOf_.size());
        VITRINE_TRY(const std::optional<Frame> first, decodeUntil(0));
        if (!first)
            return inputError("cannot read {}: its first frame cannot be decoded", path_.string());
        info_.width = first->width();
        info_.height = first->height();
        info_.format = first->format();
        info_.colour = first->colour;
        info_.container = decoder_->input().iformat->name;
        info_.codec = avcodec_get_name(decoder_->stream().codecpar->codec_id);
        const AVRational rate = decoder_->stream().avg_frame_rate.num > 0
                                    ? decoder_->stream().avg_frame_rate
                                    : decoder_->stream().r_frame_rate;
        info_.framesPerSecond = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0;
        last_ = *first;
        lastIndex_ = 0;
        return {};
    }

    // The key packet from which `index` is decoded: the last one whose own frame is shown at or
    // before it.
    std::int64_t startFor(std::int64_t index) const
    {
        if (keys_.empty() || keys_.front() > index)
            return 0;
        return packetOf_[static_cast<std::size_t>(keyFrameBefore(index))];
    }

    Result<std::optional<Frame>> readOnce(std::int64_t index)
    {
        const bool goesOn =
            position_ >= 0 && index > position_ && keyFrameBefore(index) <= position_ + 1;
        if (!goesOn) {
            const std::int64_t start = startFor(index);
            VITRINE_CHECK(start == 0 ? decoder_->restart() : decoder_->seek(packets_, start));
            decodedFrom_ = start;
            position_ = -1;
        }
        return decodeUntil(index);
    }

    // Nothing where the decoder passes it without giving it.
    Result<std::optional<Frame>> decodeUntil(std::int64_t index)
    {
        while (true) {
            VITRINE_TRY(const auto decoded, decoder_->next());
            if (!decoded) {
                position_ = -1;
                return std::optional<Frame>();
            }
            if (decoded->packet < 0 ||
                decoded->packet >= static_cast<std::int64_t>(indexOf_.size()))
                continue;
            const std::int64_t shown = indexOf_[static_cast<std::size_t>(decoded->packet)];
            if (shown < 0)
                continue;
            position_ = shown;
            frames_[static_cast<std::size_t>(shown)].type = typeOf(*decoded->frame);
            if (shown > index)
                return std::optional<Frame>();
            if (shown < index)
                continue;
            auto frame = fromAv(*decoded->frame);
            if (!frame)
                return inputError("cannot read {}: frame {}: {}", path_.string(), index,
                                  frame.error().message);
            if (isRgb(static_cast<AVPixelFormat>(decoded->frame->format)) && info_.notes.empty())
                info_.notes.push_back(fmt::format("{}: RGB, converted to 4:4:4 by {}.",
                                                  path_.filename().string(),
                                                  colourName(frame->colour)));
            return std::optional<Frame>(*std::move(frame));
        }
    }

    std::filesystem::path path_;
    std::unique_ptr<Decoder> decoder_;
    std::vector<PacketEntry> packets_;   // in order of decoding
    std::vector<std::int64_t> packetOf_; // display index -> packet
    std::vector<std::int64_t> indexOf_;  // packet -> display index, or -1
    std::int64_t position_ = -1;         // display index that the decoder gave last
    std::int64_t decodedFrom_ = 0;       // packet where decoding began
    std::optional<Frame> last_;
    std::int64_t lastIndex_ = -1;
};

Result<std::unique_ptr<MediaSource>> MediaSource::open(const std::filesystem::path& path,
                                                       const OpenOptions& options)
{
    VITRINE_TRY(auto decoder, Decoder::open(path, options));
    auto impl = std::make_unique<Impl>(path, std::move(decoder));
    VITRINE_CHECK(impl->prepare(options));
    return std::unique_ptr<MediaSource>(new MediaSource(std::move(impl)));
}

MediaSource::MediaSource(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MediaSource::~MediaSource() = default;

const video::SourceInfo& MediaSource::info() const
{
    return impl_->info_;
}
Result<Frame> MediaSource::read(std::int64_t index)
{
    return impl_->read(index);
}
const std::vector<StreamFrame>& MediaSource::frames() const
{
    return impl_->frames_;
}
std::int64_t MediaSource::payloadBytes() const
{
    return impl_->payload_;
}
const std::vector<std::int64_t>& MediaSource::keyFrames() const
{
    return impl_->keys_;
}
std::int64_t MediaSource::keyFrameBefore(std::int64_t index) const
{
    return impl_->keyFrameBefore(index);
}
double MediaSource::decodeSeconds() const
{
    return impl_->decoder().seconds();
}

} // namespace vitrine::codec
