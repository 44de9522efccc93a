#pragma once

#include "core/video/frame.h"

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

// "nv12", "p010le", "yuv420p10be", "i420", "yuv400p16", ...: format, arrangement and order at once,
// size left as it is. Layouts that are known and not read (packed ones, RGB, with alpha) are
// refused by their name.
Result<void> setRawFormat(RawLayout& layout, std::string_view name);
std::string rawFormatName(const RawLayout& layout);
bool isUnreadRawFormat(std::string_view name); // "uyvy", "v210", "rgb24", "yuva420p"

// Bytes of one frame; an argument error where a side or the bit depth is out of range.
Result<std::uint64_t> rawFrameBytes(const RawLayout& layout);

// Where row y of a plane lies in a frame's bytes: its first sample, and the distance of its samples
// in samples.
struct RawRow {
    std::uint64_t start = 0;
    int step = 1, samples = 0;
};
RawRow rawRow(const RawLayout& layout, int plane, int y);
int rawPlaneHeight(const RawLayout& layout, int plane);

// One frame out of, and into, its bytes (exactly rawFrameBytes of them). Samples above the peak are
// an input error.
Result<Frame> unpackRaw(const RawLayout& layout, std::span<const std::byte> bytes);
std::vector<std::byte> packRaw(const RawLayout& layout, const Frame& frame);

} // namespace vitrine::video
