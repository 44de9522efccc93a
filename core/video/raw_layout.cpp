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

int planeSide(int side, int shift)
{
    return (side + (1 << shift) - 1) >> shift;
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

int rawPlaneHeight(const RawLayout& layout, int plane)
{
    return plane == 0 ? layout.height : planeSide(layout.height, layout.format.shiftY());
}

RawRow rawRow(const RawLayout& layout, int plane, int y)
{
    const auto bytes = static_cast<std::uint64_t>(layout.format.bytesPerSample());
    const auto width = static_cast<std::uint64_t>(layout.width);
    const auto row = static_cast<std::uint64_t>(y);
    if (plane == 0)
        return {row * width * bytes, 1, layout.width};
    const int samples = planeSide(layout.width, layout.format.shiftX());
    const auto chromaRow = static_cast<std::uint64_t>(samples) * bytes;
    const std::uint64_t luma = width * static_cast<std::uint64_t>(layout.height) * bytes;
    const bool second = (plane == 2) != isSwapped(layout.arrangement);
    if (isSemiPlanar(layout.arrangement))
        return {luma + 2 * chromaRow * row + (second ? bytes : 0), 2, samples};
    const std::uint64_t chroma = chromaRow * static_cast<std::uint64_t>(rawPlaneHeight(layout, 1));
    return {luma + (second ? chroma : 0) + chromaRow * row, 1, samples};
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
    for (int plane = 0; plane < layout.format.planes(); ++plane)
        for (int y = 0; y < frame.height(plane); ++y) {
            const RawRow row = rawRow(layout, plane, y);
            inRange &= unpackRow(layout, bytes.data() + row.start, row.step, frame.row(plane, y),
                                 row.samples);
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
    for (int plane = 0; plane < layout.format.planes(); ++plane)
        for (int y = 0; y < frame.height(plane); ++y) {
            const RawRow row = rawRow(layout, plane, y);
            packRow(layout, frame.row(plane, y), bytes.data() + row.start, row.step, row.samples);
        }
    return bytes;
}

} // namespace vitrine::video
