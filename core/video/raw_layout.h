#pragma once

#include "core/video/frame.h"

#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

namespace vitrine::video
{

enum class Arrangement {
    planar,           // Y, U, V
    planarSwapped,    // Y, V, U (YV12)
    semiPlanar,       // Y, then U and V by turns (NV12, P010)
    semiPlanarSwapped // Y, then V and U by turns (NV21)
};
enum class ByteOrder { little, big };

// How one frame lies in a raw file: no header, frame after frame.
struct RawLayout {
    int width = 0, height = 0;
    SampleFormat format{};
    Arrangement arrangement = Arrangement::planar;
    ByteOrder order = ByteOrder::little;
    bool highBits = false;      // samples of more than 8 bits lie in the upper bits of 16 (P010)
    double framesPerSecond = 0; // 0: unknown
    Colour colour{};
    friend bool operator==(const RawLayout&, const RawLayout&) = default;
};

// What the name says: a size ("1920x1080"; qcif, cif, 720p, 1080p ...), bits ("10bit", "p10"),
// chroma ("422", "yuv444p", "gray"), arrangement ("nv12", "p010", "yv12"), byte order ("be"), rate
// ("50fps", or "_50_" directly after the size). Nothing where it names no size. Chroma defaults to
// 4:2:0, bits to 8.
std::optional<RawLayout> guessRawLayout(std::string_view fileName);

// "nv12", "p010le", "yuv420p10be", ...: format, arrangement and order at once, size left as it is.
Result<void> setRawFormat(RawLayout& layout, std::string_view name);
std::string rawFormatName(const RawLayout& layout);

// Bytes of one frame; an argument error where a side or the bit depth is out of range.
Result<std::uint64_t> rawFrameBytes(const RawLayout& layout);

// One frame out of, and into, its bytes (exactly rawFrameBytes of them). Samples above the peak are
// an input error.
Result<Frame> unpackRaw(const RawLayout& layout, std::span<const std::byte> bytes);
std::vector<std::byte> packRaw(const RawLayout& layout, const Frame& frame);

} // namespace vitrine::video
