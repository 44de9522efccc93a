#include "core/codec/media_source.h"

#include "core/codec/av_frame.h"
#include "core/codec/av_side_data.h"
#include "core/codec/decoder.h"
#include "core/codec/stream_index.h"
#include "core/codec/stream_times.h"
#include "core/video/orientation.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <optional>
#include <set>

extern "C" {
#include <libavutil/display.h>
}

namespace vitrine::codec
{
namespace
{

using video::Frame;

char typeOf(const AVFrame& frame)
{
    const char type = av_get_picture_type_char(frame.pict_type);
    return type == 'I' || type == 'P' || type == 'B' ? type : '?';
}

// Streams without a container: their demuxers put 25 where nobody said a rate.
bool isBareStream(const AVInputFormat& format)
{
    constexpr std::string_view kBare[] = {"h264", "hevc", "vvc",   "m4v",   "mpegvideo",
                                          "h261", "h263", "vc1",   "mjpeg", "cavsvideo",
                                          "avs2", "avs3", "dirac", "obu",   "av1"};
    return std::ranges::find(kBare, std::string_view(format.name)) != std::end(kBare);
}

bool isTransportStream(const AVInputFormat& format)
{
    return std::string_view(format.name) == "mpegts";
}
// Its packets have 188 bytes, with a time before or a check behind them 192 or 204.
bool isWholeTransportStream(std::uint64_t bytes)
{
    return bytes % 188 == 0 || bytes % 192 == 0 || bytes % 204 == 0;
}

using Matrix = std::array<std::int32_t, 9>; // of display

std::optional<Matrix> displayMatrix(const std::uint8_t* data, std::size_t bytes)
{
    Matrix matrix{};
    if (!data || bytes < sizeof matrix)
        return std::nullopt;
    std::memcpy(matrix.data(), data, sizeof matrix);
    return matrix;
}

std::optional<Matrix> containerMatrix(const AVStream& stream)
{
    std::size_t bytes = 0;
    const auto* data = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &bytes);
    return displayMatrix(data, bytes);
}

std::optional<Matrix> codedMatrix(const AVFrame& frame)
{
    const auto* side = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX);
    return side ? displayMatrix(side->data, side->size) : std::nullopt;
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
        rateWhereNone_ = options.raw.framesPerSecond;
        VITRINE_TRY(stream_, indexStream(*decoder_, path_, options));
        return describe();
    }

    Result<Frame> read(std::int64_t index)
    {
        VITRINE_CHECK(approach(index, From::here));
        const bool fromStart = decodedFrom_ == 0;
        VITRINE_TRY(bool isThere, stepTo(index));
        if (!isThere && !fromStart) { // leading pictures of an open group may need an earlier start
            VITRINE_CHECK(start(0));
            VITRINE_TRY(isThere, stepTo(index));
        }
        if (!isThere) {
            lost_.insert(index);
            return inputError("cannot read {}: frame {} cannot be decoded", path_.string(), index);
        }
        return current();
    }

    Result<std::int64_t> approach(std::int64_t index, From from)
    {
        assert(index >= 0 && index < info_.frames);
        stays_ = position_ == index && from == From::here;
        if (stays_)
            return index;
        const bool goesOn = from == From::here && position_ >= 0 && index > position_ &&
                            stream_.keyFrameBefore(index) <= position_ + 1;
        if (goesOn)
            return position_ + 1;
        std::int64_t key = stream_.keyFrameBefore(index);
        if (from == From::earlierKey && key > 0)
            key = stream_.keyFrameBefore(key - 1);
        VITRINE_CHECK(start(stream_.startFor(key)));
        return key;
    }

    Result<std::optional<std::int64_t>> step()
    {
        if (std::exchange(stays_, false))
            return std::optional(position_);
        while (true) {
            const auto next = decoder_->next();
            if (!next || !*next) {
                position_ = -1;
                frame_ = nullptr;
                return next ? Result<std::optional<std::int64_t>>(std::nullopt)
                            : tl::unexpected(next.error());
            }
            const auto& decoded = *next;
            const auto packets = static_cast<std::int64_t>(stream_.indexOf.size());
            if (decoded->packet < 0 || decoded->packet >= packets)
                continue;
            const std::int64_t shown = stream_.indexOf[static_cast<std::size_t>(decoded->packet)];
            if (shown < 0)
                continue;
            position_ = shown;
            ++steps_;
            if (decoded->isConcealed ||
                stream_.packets[static_cast<std::size_t>(decoded->packet)].isCorrupt)
                damaged_.insert(shown);
            else
                damaged_.erase(shown); // it was decoded from a start too late for it
            frame_ = decoded->frame;
            stream_.frames[static_cast<std::size_t>(shown)].type = typeOf(*frame_);
            return std::optional(shown);
        }
    }

    Result<Frame> current()
    {
        assert(position_ >= 0 && frame_);
        auto frame = fromAv(*frame_);
        if (const auto same = checkOrientation(); frame && info_.width > 0 && !same)
            frame = tl::unexpected(same.error());
        if (frame && !orientation_.isUpright())
            frame = video::oriented(*frame, orientation_);
        if (!frame)
            return inputError("cannot read {}: frame {}: {}", path_.string(), position_,
                              frame.error().message);
        if (info_.width > 0 && (frame->width() != info_.width || frame->height() != info_.height ||
                                frame->format() != info_.format))
            return inputError("cannot read {}: frame {} is {}x{} {}, the first is {}x{} {}",
                              path_.string(), position_, frame->width(), frame->height(),
                              formatName(frame->format()), info_.width, info_.height,
                              formatName(info_.format));
        return *std::move(frame);
    }

    SideData currentSide() const
    {
        assert(position_ >= 0 && frame_);
        if (orientation_.isUpright())
            return sideDataOf(*frame_, decoder_->codecId());
        SideData none; // blocks lie in the picture as it is coded
        none.motionAbsent = none.qpAbsent =
            fmt::format("The pictures are {}; blocks are not.", orientationText(orientation_));
        return none;
    }

    std::int64_t position() const { return position_; }
    const std::set<std::int64_t>& damaged() const { return damaged_; }
    const std::set<std::int64_t>& lost() const { return lost_; }

    video::SourceInfo info_;
    StreamIndex stream_;
    std::int64_t steps_ = 0;
    const Decoder& decoder() const { return *decoder_; }

private:
    // Decoding begins with that packet.
    Result<void> start(std::int64_t packet)
    {
        position_ = -1;
        frame_ = nullptr;
        decodedFrom_ = packet;
        return decoder_->seek(stream_.packets, packet);
    }

    // False where the decoder passes it without giving it.
    Result<bool> stepTo(std::int64_t index)
    {
        while (true) {
            VITRINE_TRY(const auto shown, step());
            if (!shown || *shown >= index)
                return shown == index;
        }
    }

    Result<void> describe()
    {
        VITRINE_TRY(const auto shown, step());
        if (!shown)
            return inputError("cannot read {}: none of its {} frames can be decoded",
                              path_.string(), stream_.packetOf.size());
        if (*shown > 0) {
            note(fmt::format("it begins in an open group: {} that need what came before {} left "
                             "out",
                             *shown == 1 ? "the first frame"
                                         : fmt::format("the first {} frames", *shown),
                             *shown == 1 ? "was" : "were"),
                 "begins in an open group");
            stream_.dropLeading(*shown);
            damaged_.clear();
            position_ = 0;
        }
        info_.frames = static_cast<std::int64_t>(stream_.packetOf.size());
        takeOrientation();
        VITRINE_TRY(const Frame first, current());
        info_.width = first.width();
        info_.height = first.height();
        info_.format = first.format();
        info_.colour = first.colour;
        info_.container = decoder_->input().iformat->name;
        info_.codec = avcodec_get_name(decoder_->codecId());
        takeTimes();
        noteCut();
        if (stream_.silent > 0)
            note(fmt::format("{} of its {} packets gave no frame: frames behind them are counted "
                             "too low",
                             stream_.silent, stream_.packets.size()),
                 "packets without a frame");
        const auto format = static_cast<AVPixelFormat>(frame_->format);
        if (isRgb(format))
            info_.notes.push_back(fmt::format("{}: RGB, converted to 8-bit 4:4:4 by {}.",
                                              path_.filename().string(), colourName(first.colour)));
        info_.notCompared = leftOut(format);
        if (!info_.notCompared.empty())
            note(fmt::format("it has {}, which is not compared", info_.notCompared),
                 info_.notCompared + " not compared");
        return {};
    }

    // A sentence, and a few words for beside the picture; empty: none.
    void note(const std::string& text, const std::string& remark)
    {
        info_.notes.push_back(fmt::format("{}: {}.", path_.filename().string(), text));
        if (!remark.empty())
            info_.remarks.push_back(remark);
    }

    // Of the container and of the coded stream (a message of H.264 and H.265 in its first frame)
    // the stream's counts, as in FFmpeg's own programs.
    void takeOrientation()
    {
        const auto container = containerMatrix(decoder_->stream()), coded = codedMatrix(*frame_);
        if (!container && !coded)
            return;
        const Matrix& matrix = coded ? *coded : *container;
        const auto asked = video::orientationOf(matrix[0], matrix[1], matrix[3], matrix[4]);
        if (!asked)
            return note(fmt::format("it asks to be turned by {:.4g} degrees, which was not done",
                                    -av_display_rotation_get(matrix.data())),
                        "asks to be turned, which was not done");
        orientation_ = *asked;
        codedOrientation_ = coded ? asked : std::nullopt;
        const auto other = coded && container
                               ? video::orientationOf((*container)[0], (*container)[1],
                                                      (*container)[3], (*container)[4])
                               : asked;
        if (other != asked)
            note(fmt::format("{}, as its coded stream asks to be shown; its container asks for {}, "
                             "which was not done",
                             orientationText(orientation_),
                             other ? "\"" + orientationText(*other) + "\"" : "another angle"),
                 orientationText(orientation_));
        else if (!orientation_.isUpright())
            note(fmt::format("{}, as it asks to be shown", orientationText(orientation_)),
                 orientationText(orientation_));
    }

    // Frames that say nothing are as those before them.
    Result<void> checkOrientation() const
    {
        const auto coded = codedMatrix(*frame_);
        if (!coded || video::orientationOf((*coded)[0], (*coded)[1], (*coded)[3], (*coded)[4]) ==
                          codedOrientation_)
            return {};
        return inputError("it asks to be shown in another way than the first");
    }

    // The rate of what is shown, and holes between frames.
    void takeTimes()
    {
        const AVStream& stream = decoder_->stream();
        if (isBareStream(*decoder_->input().iformat)) {
            constexpr double kHighest = 300; // what is above is the resolution of a clock
            const AVRational coded = decoder_->codedRate();
            const bool isSaid = coded.num > 0 && coded.den > 0 && av_q2d(coded) <= kHighest;
            info_.framesPerSecond = isSaid ? av_q2d(coded) : rateWhereNone_;
            return;
        }
        std::vector<std::int64_t> times;
        for (const std::int64_t packet : stream_.packetOf)
            times.push_back(stream_.packets[static_cast<std::size_t>(packet)].pts);
        const StreamTimes told =
            timesOf(times, stream.time_base,
                    {stream.avg_frame_rate, stream.r_frame_rate, decoder_->codedRate()});
        info_.framesPerSecond = told.rate.numerator > 0 ? told.rate.perSecond() : rateWhereNone_;
        info_.places = told.places;
        if (told.isIrregular)
            note(fmt::format("its frames come at irregular times, {:.4g} to {:.4g} ms apart: its "
                             "rate is the mean, {:.6g} frames per second",
                             1000 * told.shortest, 1000 * told.longest, info_.framesPerSecond),
                 "irregular times");
        if (!told.places.empty())
            note(fmt::format("its times have holes: at {:.6g} frames per second there is no frame "
                             "at {}",
                             info_.framesPerSecond, holesText(info_)),
                 "holes in its times at " + holesText(info_));
    }

    void noteCut()
    {
        const std::int64_t promised = decoder_->stream().nb_frames;
        const auto packets = static_cast<std::int64_t>(stream_.packets.size());
        const bool isMov = std::string_view(decoder_->input().iformat->name).starts_with("mov");
        if (isMov && packets < promised)
            note(fmt::format("it is cut: {} of the {} frames that its header promises are there",
                             packets, promised),
                 "cut");
        else if (const auto missing = decoder_->missingBytes(); missing > 0)
            note(fmt::format("it is cut: {} bytes of the length that its header promises are "
                             "missing, {} frames are there",
                             missing, info_.frames),
                 "cut");
        else if (stream_.isCut)
            note("it is cut: it ends within a frame, which was left out", "cut");
        else if (isTransportStream(*decoder_->input().iformat) && stream_.packets.back().isCorrupt)
            note("it is cut: it ends within a frame, of which its decoder shows what there is",
                 "cut");
        else if (isTransportStream(*decoder_->input().iformat) &&
                 !isWholeTransportStream(decoder_->fileBytes()))
            note("it is cut: it ends within a packet of its transport stream, and its last frame "
                 "may not be whole",
                 "cut");
        else if (!decoder_->readingTrouble().empty())
            note(fmt::format("it is cut or damaged: reading ended after {} packets ({})", packets,
                             decoder_->readingTrouble()),
                 "cut or damaged");
    }

    std::filesystem::path path_;
    std::unique_ptr<Decoder> decoder_;
    video::Orientation orientation_;
    std::optional<video::Orientation> codedOrientation_; // that the first frame asks for
    std::set<std::int64_t> damaged_; // display indices whose damage was concealed, so far
    std::set<std::int64_t> lost_;    // ... that cannot be decoded
    std::int64_t position_ = -1;     // display index of frame_
    const AVFrame* frame_ = nullptr; // the decoder's, until its next
    bool stays_ = false;             // the next step() gives frame_ once more
    std::int64_t decodedFrom_ = 0;   // packet where decoding began
    double rateWhereNone_ = 0;       // frames per second that a person says
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
const std::set<std::int64_t>& MediaSource::lostFrames() const
{
    return impl_->lost();
}
const std::vector<StreamFrame>& MediaSource::frames() const
{
    return impl_->stream_.frames;
}
std::int64_t MediaSource::payloadBytes() const
{
    return impl_->stream_.payload;
}
const std::vector<std::int64_t>& MediaSource::keyFrames() const
{
    return impl_->stream_.keys;
}
double MediaSource::decodeSeconds() const
{
    return impl_->decoder().seconds();
}
std::int64_t MediaSource::decodedFrames() const
{
    return impl_->steps_;
}
Result<std::int64_t> MediaSource::approach(std::int64_t index, From from)
{
    return impl_->approach(index, from);
}
std::int64_t MediaSource::position() const
{
    return impl_->position();
}
Result<std::optional<std::int64_t>> MediaSource::step()
{
    return impl_->step();
}
Result<Frame> MediaSource::current()
{
    return impl_->current();
}
const std::set<std::int64_t>& MediaSource::damagedFrames() const
{
    return impl_->damaged();
}
std::string MediaSource::damageNotTold() const
{
    return impl_->decoder().damageNotTold();
}
SideData MediaSource::currentSide() const
{
    return impl_->currentSide();
}

} // namespace vitrine::codec
