#include "core/codec/nal_units.h"

#include <algorithm>

namespace vitrine::codec
{
namespace
{

std::vector<ByteSpan> unitsBehindStartCodes(ByteSpan packet)
{
    std::vector<ByteSpan> units;
    std::optional<std::size_t> begin;
    std::size_t at = 0;
    const auto end = [&](std::size_t place) {
        if (begin && place > *begin)
            units.push_back(packet.subspan(*begin, place - *begin));
    };
    while (at + 3 <= packet.size()) {
        if (packet[at] == 0 && packet[at + 1] == 0 && packet[at + 2] == 1) {
            end(at);
            begin = at += 3;
        } else {
            ++at;
        }
    }
    end(packet.size());
    return units;
}

} // namespace

std::optional<std::vector<ByteSpan>> nalUnits(ByteSpan packet, int lengthBytes)
{
    if (lengthBytes == 0)
        return unitsBehindStartCodes(packet);
    std::vector<ByteSpan> units;
    const auto width = static_cast<std::size_t>(lengthBytes);
    for (std::size_t at = 0; at < packet.size();) {
        if (packet.size() - at < width)
            return std::nullopt;
        std::uint64_t length = 0;
        for (std::size_t i = 0; i < width; ++i)
            length = length << 8U | packet[at + i];
        at += width;
        if (length > packet.size() - at)
            return std::nullopt;
        units.push_back(packet.subspan(at, length));
        at += length;
    }
    return units;
}

std::vector<std::uint8_t> nalPayload(ByteSpan unit, std::size_t headerBytes)
{
    std::vector<std::uint8_t> payload;
    payload.reserve(unit.size());
    int zeros = 0;
    for (const std::uint8_t byte : unit.subspan(std::min(headerBytes, unit.size()))) {
        if (zeros >= 2 && byte == 3) {
            zeros = 0;
            continue;
        }
        zeros = byte == 0 ? zeros + 1 : 0;
        payload.push_back(byte);
    }
    return payload;
}

std::optional<NalConfiguration> hevcConfiguration(ByteSpan record)
{
    constexpr std::size_t kFixed = 23;
    const bool isRecord =
        record.size() >= kFixed && (record[0] != 0 || record[1] != 0 || record[2] > 1);
    if (!isRecord)
        return NalConfiguration{0, unitsBehindStartCodes(record)};
    NalConfiguration result{(record[21] & 3) + 1, {}};
    std::size_t at = kFixed;
    const auto number = [&] { // of two bytes
        const std::size_t value = static_cast<std::size_t>(record[at]) << 8U | record[at + 1];
        at += 2;
        return value;
    };
    for (int array = 0; array < record[22]; ++array) {
        if (record.size() - at < 3)
            return std::nullopt;
        ++at; // the type stands in the units too
        for (std::size_t units = number(); units > 0; --units) {
            if (record.size() - at < 2)
                return std::nullopt;
            const std::size_t length = number();
            if (length > record.size() - at)
                return std::nullopt;
            result.units.push_back(record.subspan(at, length));
            at += length;
        }
    }
    return result;
}

} // namespace vitrine::codec
