#include "core/codec/stream_index.h"

#include <algorithm>

namespace vitrine::codec
{
namespace
{

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

// Where each packet is a picture, as pictures of H.264 and H.265 are that are not fields.
bool isFrameByFrame(const AVStream& stream)
{
    const AVCodecParameters& coded = *stream.codecpar;
    return (coded.codec_id == AV_CODEC_ID_H264 || coded.codec_id == AV_CODEC_ID_HEVC) &&
           (coded.field_order == AV_FIELD_UNKNOWN || coded.field_order == AV_FIELD_PROGRESSIVE);
}

std::vector<std::int64_t> orderByTime(const std::vector<PacketEntry>& packets)
{
    std::vector<std::int64_t> order(packets.size());
    for (std::size_t i = 0; i < packets.size(); ++i)
        order[i] = static_cast<std::int64_t>(i);
    std::ranges::stable_sort(order, {}, [&](std::int64_t packet) {
        return packets[static_cast<std::size_t>(packet)].pts;
    });
    return order;
}

Result<std::vector<std::int64_t>> orderByDecoding(Decoder& decoder, std::size_t packets,
                                                  const OpenOptions& options)
{
    std::vector<std::int64_t> order;
    std::vector<bool> seen(packets);
    while (true) {
        VITRINE_TRY(const auto decoded, decoder.next());
        if (!decoded)
            break;
        // Two pictures of one packet share its number; only the first can be asked for again.
        if (decoded->packet < 0 || decoded->packet >= static_cast<std::int64_t>(packets) ||
            seen[static_cast<std::size_t>(decoded->packet)])
            continue;
        seen[static_cast<std::size_t>(decoded->packet)] = true;
        order.push_back(decoded->packet);
        const double share = static_cast<double>(order.size()) / static_cast<double>(packets);
        if (options.progress && !options.progress(std::min(share, 1.0)))
            return cancelled();
    }
    VITRINE_CHECK(decoder.restart());
    return order;
}

// Packets without a frame of their own (second fields, hidden frames) count to the frame before
// them, those of frames that are not shown at all to none.
void countFrames(StreamIndex& stream, const std::vector<std::int64_t>& dropped = {})
{
    std::vector<bool> isHidden(stream.packets.size());
    for (std::size_t p = 0; p < stream.packets.size(); ++p)
        isHidden[p] = stream.packets[p].isDiscarded;
    for (const std::int64_t packet : dropped)
        isHidden[static_cast<std::size_t>(packet)] = true;
    stream.indexOf.assign(stream.packets.size(), -1);
    for (std::size_t i = 0; i < stream.packetOf.size(); ++i)
        stream.indexOf[static_cast<std::size_t>(stream.packetOf[i])] = static_cast<std::int64_t>(i);
    stream.frames.assign(stream.packetOf.size(), {});
    stream.keys.clear();
    stream.payload = 0;
    std::int64_t current = 0;
    for (std::size_t p = 0; p < stream.packets.size(); ++p) {
        const PacketEntry& packet = stream.packets[p];
        if (stream.indexOf[p] >= 0) {
            current = stream.indexOf[p];
            stream.frames[static_cast<std::size_t>(current)].isKey = packet.isKey;
            if (packet.isKey)
                stream.keys.push_back(current);
        }
        stream.payload += packet.bytes;
        if (stream.indexOf[p] >= 0 || !isHidden[p])
            stream.frames[static_cast<std::size_t>(current)].bits += 8 * std::int64_t{packet.bytes};
    }
    std::ranges::sort(stream.keys);
}

// A container that is cut within a packet gives what there is of it. (Transport streams mark what
// was lost on the way; there the rest is worth decoding.)
bool isCutPacket(const PacketEntry& packet, const AVFormatContext& input)
{
    return packet.isCorrupt && !std::string_view(input.iformat->name).starts_with("mpegts");
}

} // namespace

void StreamIndex::dropLeading(std::int64_t count)
{
    const std::vector<std::int64_t> dropped(packetOf.begin(), packetOf.begin() + count);
    packetOf.erase(packetOf.begin(), packetOf.begin() + count);
    countFrames(*this, dropped);
}

std::int64_t StreamIndex::keyFrameBefore(std::int64_t index) const
{
    const auto after = std::ranges::upper_bound(keys, index);
    return after == keys.begin() ? 0 : *std::prev(after);
}

std::int64_t StreamIndex::startFor(std::int64_t index) const
{
    if (keys.empty() || keys.front() > index)
        return 0;
    return packetOf[static_cast<std::size_t>(keyFrameBefore(index))];
}

Result<StreamIndex> indexStream(Decoder& decoder, const std::filesystem::path& path,
                                const OpenOptions& options)
{
    StreamIndex stream;
    VITRINE_TRY(stream.packets, decoder.scan());
    if (stream.packets.empty())
        return inputError("cannot read {}: its video stream has no packets", path.string());
    while (stream.packets.size() > 1 && isCutPacket(stream.packets.back(), decoder.input())) {
        stream.packets.pop_back();
        stream.isCut = true;
    }
    if (timesTellOrder(stream.packets, decoder.stream())) {
        stream.packetOf = orderByTime(stream.packets);
    } else {
        VITRINE_TRY(stream.packetOf, orderByDecoding(decoder, stream.packets.size(), options));
        if (isFrameByFrame(decoder.stream()))
            stream.silent =
                static_cast<std::int64_t>(stream.packets.size() - stream.packetOf.size());
    }
    if (stream.packetOf.empty())
        return inputError("cannot read {}: none of its {} packets can be decoded", path.string(),
                          stream.packets.size());
    countFrames(stream);
    return stream;
}

} // namespace vitrine::codec
