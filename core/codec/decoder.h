#pragma once

// Private to this room: packets in, frames out, each frame tagged with the number of its packet.
#include "core/codec/av.h"
#include "core/codec/hevc_check.h"
#include "core/codec/media_file.h"
#include "core/codec/source.h"

#include <set>

namespace vitrine::codec
{

struct PacketEntry {
    std::int64_t pts = AV_NOPTS_VALUE, dts = AV_NOPTS_VALUE, position = -1;
    int bytes = 0;
    bool isKey = false, isDiscarded = false;
    bool isCorrupt = false; // the container says that bytes of it are missing or wrong
    bool sameAs(const AVPacket& packet) const
    {
        return pts == packet.pts && dts == packet.dts && position == packet.pos &&
               bytes == packet.size;
    }
};

class Decoder
{
public:
    static Result<std::unique_ptr<Decoder>> open(const std::filesystem::path& path,
                                                 const OpenOptions& options);

    const AVFormatContext& input() const { return *input_; }
    const AVStream& stream() const { return *input_->streams[stream_]; }
    AVCodecID codecId() const { return stream().codecpar->codec_id; }
    double seconds() const { return seconds_; }
    // Frames per second that the coded stream itself says, once a frame is decoded; 0/1: none.
    AVRational codedRate() const { return codec_->framerate; }
    std::uint64_t missingBytes() const { return file_->missingBytes(); }
    std::uint64_t fileBytes() const { return file_->size(); }
    // Why the container could not be read to its end; empty where it was.
    const std::string& readingTrouble() const { return readingTrouble_; }

    // All packets of the stream in order of decoding. The decoder stands at the start afterwards.
    Result<std::vector<PacketEntry>> scan();

    struct Decoded {
        const AVFrame* frame; // until the next call
        std::int64_t packet;  // number of its packet in order of decoding
        bool isConcealed;     // damaged: the decoder filled in what it could not decode
    };
    // The next frame in order of display; nothing at the end. Packets that cannot be decoded are
    // skipped.
    Result<std::optional<Decoded>> next();

    // Goes on with packet number `target`, a key packet of `packets` (what scan() gave).
    Result<void> seek(const std::vector<PacketEntry>& packets, std::int64_t target);
    Result<void> restart();

    // Why a frame may be damaged that is not said to be, of what was decoded so far; empty where
    // damage is always told.
    std::string damageNotTold() const;

private:
    Decoder() = default;
    Result<void> openInput();
    Result<void> openCodec();
    bool readPacket(); // the next one of the stream
    Result<void> feed();
    void checkPacket();
    bool isCancelled();
    Result<void> outOfMemory() const; // always an error

    std::filesystem::path path_;
    OpenOptions options_;
    std::unique_ptr<MediaFile> file_; // before what reads it
    InputHandle input_;
    CodecHandle codec_;
    PacketHandle packet_;
    FrameHandle frame_;
    int stream_ = -1;
    std::int64_t nextPacket_ = 0; // number of the packet that is read next
    bool isDraining_ = false;
    double seconds_ = 0;
    std::string readingTrouble_;
    std::optional<HevcCheck> check_;
    std::set<std::int64_t> damaged_; // packets
    std::int64_t wholePackets_ = 0;
};

} // namespace vitrine::codec
