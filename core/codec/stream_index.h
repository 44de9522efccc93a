#pragma once

// Private to this room: which packet shows which frame.
#include "core/codec/decoder.h"
#include "core/codec/media_source.h"

namespace vitrine::codec
{

struct StreamIndex {
    std::vector<PacketEntry> packets;   // in order of decoding
    std::vector<std::int64_t> packetOf; // display index -> packet
    std::vector<std::int64_t> indexOf;  // packet -> display index, or -1
    std::vector<StreamFrame> frames;    // in order of display
    std::vector<std::int64_t> keys;     // display indices of key frames, rising
    std::int64_t payload = 0;           // bytes of all packets
    bool isCut = false;                 // the last packet was not whole and is left out
    std::int64_t silent = 0; // packets without a frame where each is one, and no time tells which

    // The first `count` frames cannot be decoded and are not shown: a stream that was cut out of a
    // longer one begins in an open group.
    void dropLeading(std::int64_t count);

    // The last key frame shown at or before `index`, or 0.
    std::int64_t keyFrameBefore(std::int64_t index) const;
    // The packet with which decoding begins for `index`: that key frame's.
    std::int64_t startFor(std::int64_t index) const;
};

// Reads all packets, and decodes once where their times do not tell the order of frames. The
// decoder stands at the start afterwards.
Result<StreamIndex> indexStream(Decoder& decoder, const std::filesystem::path& path,
                                const OpenOptions& options);

} // namespace vitrine::codec
