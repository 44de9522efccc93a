#pragma once

// Private to this room: packets of H.264 and H.265 as their units.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace vitrine::codec
{

using ByteSpan = std::span<const std::uint8_t>;

// Units of a packet, each behind its length in `lengthBytes` bytes, or behind start codes where
// that is 0. Nothing where a length leads past the packet's end.
std::optional<std::vector<ByteSpan>> nalUnits(ByteSpan packet, int lengthBytes);

// What a unit holds behind its header, without the bytes that keep start codes away.
std::vector<std::uint8_t> nalPayload(ByteSpan unit, std::size_t headerBytes);

// Of the configuration record of MP4 and Matroska for H.265 (ISO/IEC 14496-15, 8.3.3); with start
// codes, what stands there as in a packet.
struct NalConfiguration {
    int lengthBytes = 0;
    std::vector<ByteSpan> units;
};
std::optional<NalConfiguration> hevcConfiguration(ByteSpan record);

} // namespace vitrine::codec
