#include "core/codec/promised_size.h"

#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <string_view>

namespace vitrine::codec
{
namespace
{

template <std::size_t Count>
std::optional<std::array<std::uint8_t, Count>> bytesAt(const RegularFile& file,
                                                       std::uint64_t offset)
{
    std::array<std::uint8_t, Count> bytes{};
    if (file.readAt(offset, std::as_writable_bytes(std::span(bytes))) !=
        static_cast<std::int64_t>(Count))
        return std::nullopt;
    return bytes;
}

// EBML: a number whose first byte tells by its leading zeros how long it is; all ones: unknown.
struct EbmlSize {
    std::uint64_t value = 0;
    int length = 0;
};
std::optional<EbmlSize> ebmlSizeAt(const RegularFile& file, std::uint64_t offset)
{
    const auto bytes = bytesAt<8>(file, offset);
    if (!bytes || (*bytes)[0] == 0)
        return std::nullopt;
    EbmlSize size{0, std::countl_zero((*bytes)[0]) + 1};
    bool isUnknown = true;
    for (int i = 0; i < size.length; ++i) {
        const unsigned mask = i == 0 ? 0xffU >> size.length : 0xffU;
        const unsigned part = (*bytes)[static_cast<std::size_t>(i)] & mask;
        isUnknown = isUnknown && part == mask;
        size.value = size.value << 8U | part;
    }
    return isUnknown ? std::nullopt : std::optional(size);
}

// A header element, then the segment that holds all.
std::optional<std::uint64_t> matroskaSize(const RegularFile& file)
{
    constexpr std::array<std::uint8_t, 4> kSegment = {0x18, 0x53, 0x80, 0x67};
    const auto head = ebmlSizeAt(file, 4);
    if (!head || head->value > 4096)
        return std::nullopt;
    const std::uint64_t segment = 4 + static_cast<std::uint64_t>(head->length) + head->value;
    const auto id = bytesAt<4>(file, segment);
    const auto size = id && *id == kSegment ? ebmlSizeAt(file, segment + 4) : std::nullopt;
    if (!size)
        return std::nullopt;
    return segment + 4 + static_cast<std::uint64_t>(size->length) + size->value;
}

// Boxes one after another: the end of the last that begins in the file.
std::optional<std::uint64_t> isoSize(const RegularFile& file)
{
    constexpr int kMostBoxes = 10'000; // a film in fragments has more: then nothing is said
    std::uint64_t at = 0;
    for (int box = 0; box < kMostBoxes; ++box) {
        const auto head = bytesAt<16>(file, at);
        if (!head)
            return at + 8 <= file.size() ? std::nullopt : std::optional(at);
        std::uint64_t size = 0;
        for (std::size_t i = 0; i < 4; ++i)
            size = size << 8U | (*head)[i];
        if (size == 1) {
            size = 0;
            for (std::size_t i = 8; i < 16; ++i)
                size = size << 8U | (*head)[i];
        }
        if (size < 8 || size > (std::uint64_t{1} << 60U)) // 0: to the end
            return std::nullopt;
        at += size;
        if (at >= file.size())
            return at;
    }
    return std::nullopt;
}

} // namespace

std::optional<std::uint64_t> promisedSize(const RegularFile& file)
{
    constexpr std::array<std::uint8_t, 4> kEbml = {0x1a, 0x45, 0xdf, 0xa3};
    const auto head = bytesAt<12>(file, 0);
    if (!head)
        return std::nullopt;
    if (std::memcmp(head->data(), kEbml.data(), kEbml.size()) == 0)
        return matroskaSize(file);
    const std::string_view text(reinterpret_cast<const char*>(head->data()), head->size());
    if (text.starts_with("RIFF") && text.substr(8) == "AVI ") {
        std::uint64_t size = 0;
        for (std::size_t i = 8; i-- > 4;)
            size = size << 8U | (*head)[i];
        return size > 0 && size < 0xffffffffU ? std::optional(size + 8) : std::nullopt;
    }
    if (text.substr(4, 4) == "ftyp")
        return isoSize(file);
    return std::nullopt;
}

} // namespace vitrine::codec
