#include "core/video/raw_layout.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

namespace vitrine::video
{
namespace
{

static_assert(std::endian::native == std::endian::little, "samples are read as little-endian");

bool isSemiPlanar(Arrangement arrangement)
{
    return arrangement == Arrangement::semiPlanar || arrangement == Arrangement::semiPlanarSwapped;
}
bool isSwapped(Arrangement arrangement)
{
    return arrangement == Arrangement::planarSwapped ||
           arrangement == Arrangement::semiPlanarSwapped;
}

int leftAlignment(const RawLayout& layout)
{
    return layout.highBits && layout.format.bits > 8 ? 16 - layout.format.bits : 0;
}

// A 16-bit sample between file and memory; its own inverse but for the shift.
std::uint16_t swappedIf(std::uint16_t value, ByteOrder order)
{
    return order == ByteOrder::big ? static_cast<std::uint16_t>(value << 8 | value >> 8) : value;
}

// Reads every `step`-th sample of a row. False: a sample is above the peak.
bool unpackRow(const RawLayout& layout, const std::byte* from, int step, std::byte* to, int count)
{
    if (layout.format.bytesPerSample() == 1) {
        if (step == 1)
            std::memcpy(to, from, static_cast<std::size_t>(count));
        else
            for (int i = 0; i < count; ++i)
                to[i] = from[i * step];
        return true;
    }
    const int shift = leftAlignment(layout);
    unsigned all = 0;
    for (int i = 0; i < count; ++i) {
        std::uint16_t value;
        std::memcpy(&value, from + 2 * i * step, 2);
        value = static_cast<std::uint16_t>(swappedIf(value, layout.order) >> shift);
        all |= value;
        std::memcpy(to + 2 * i, &value, 2);
    }
    return all <= static_cast<unsigned>(layout.format.peak());
}

void packRow(const RawLayout& layout, const std::byte* from, std::byte* to, int step, int count)
{
    if (layout.format.bytesPerSample() == 1) {
        for (int i = 0; i < count; ++i)
            to[i * step] = from[i];
        return;
    }
    const int shift = leftAlignment(layout);
    for (int i = 0; i < count; ++i) {
        std::uint16_t value;
        std::memcpy(&value, from + 2 * i, 2);
        value = swappedIf(static_cast<std::uint16_t>(value << shift), layout.order);
        std::memcpy(to + 2 * i * step, &value, 2);
    }
}

// Where a plane's row starts in the file's frame, and the distance of its samples.
struct PlanePlace {
    std::size_t start, rowBytes;
    int step;
};

PlanePlace placeOf(const RawLayout& layout, const Frame& frame, int plane)
{
    const auto sample = static_cast<std::size_t>(layout.format.bytesPerSample());
    const std::size_t luma = frame.rowBytes(0) * static_cast<std::size_t>(frame.height(0));
    if (plane == 0)
        return {0, frame.rowBytes(0), 1};
    const bool second = (plane == 2) != isSwapped(layout.arrangement);
    if (isSemiPlanar(layout.arrangement))
        return {luma + (second ? sample : 0), 2 * frame.rowBytes(1), 2};
    const std::size_t chroma = frame.rowBytes(1) * static_cast<std::size_t>(frame.height(1));
    return {luma + (second ? chroma : 0), frame.rowBytes(1), 1};
}

} // namespace

Result<std::uint64_t> rawFrameBytes(const RawLayout& layout)
{
    if (layout.width < 1 || layout.height < 1 || layout.width > Frame::kLargestSide ||
        layout.height > Frame::kLargestSide)
        return argumentError("{}x{} is no picture size: 1 to {} samples a side are possible",
                             layout.width, layout.height, Frame::kLargestSide);
    if (layout.format.bits < 8 || layout.format.bits > 16)
        return argumentError("{} bits per sample: 8 to 16 are possible", layout.format.bits);
    return frameBytes(layout.width, layout.height, layout.format);
}

Result<Frame> unpackRaw(const RawLayout& layout, std::span<const std::byte> bytes)
{
    VITRINE_TRY(const std::uint64_t expected, rawFrameBytes(layout));
    if (bytes.size() != expected)
        return inputError("a frame of {} at {}x{} has {} bytes, {} are there",
                          rawFormatName(layout), layout.width, layout.height, expected,
                          bytes.size());
    Frame frame(layout.width, layout.height, layout.format, layout.colour);
    bool inRange = true;
    for (int plane = 0; plane < layout.format.planes(); ++plane) {
        const PlanePlace place = placeOf(layout, frame, plane);
        for (int y = 0; y < frame.height(plane); ++y)
            inRange &= unpackRow(
                layout, bytes.data() + place.start + place.rowBytes * static_cast<std::size_t>(y),
                place.step, frame.row(plane, y), frame.width(plane));
    }
    if (!inRange)
        return inputError("samples above {}, the peak of {} bits: byte order, bit depth or "
                          "alignment is another",
                          layout.format.peak(), layout.format.bits);
    return frame;
}

std::vector<std::byte> packRaw(const RawLayout& layout, const Frame& frame)
{
    assert(frame.width() == layout.width && frame.height() == layout.height);
    assert(frame.format() == layout.format);
    std::vector<std::byte> bytes(frameBytes(layout.width, layout.height, layout.format));
    for (int plane = 0; plane < layout.format.planes(); ++plane) {
        const PlanePlace place = placeOf(layout, frame, plane);
        for (int y = 0; y < frame.height(plane); ++y)
            packRow(layout, frame.row(plane, y),
                    bytes.data() + place.start + place.rowBytes * static_cast<std::size_t>(y),
                    place.step, frame.width(plane));
    }
    return bytes;
}

} // namespace vitrine::video
