#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// Pictures as planes of samples. Values only: a Frame is copied and moved like a vector, any
// thread.
namespace vitrine::video
{

// Chroma planes against luma: 4:0:0 has none, 4:1:1 a quarter of the width, 4:4:0 half the height.
enum class Chroma { k400, k411, k420, k422, k440, k444 };

struct SampleFormat {
    int bits = 8; // 8 to 16; samples are right-aligned, peak 2^bits - 1
    Chroma chroma = Chroma::k420;

    int peak() const { return (1 << bits) - 1; }
    int bytesPerSample() const { return bits > 8 ? 2 : 1; }
    int planes() const { return chroma == Chroma::k400 ? 1 : 3; }
    int shiftX() const; // log2 of luma width over chroma width
    int shiftY() const;
    friend bool operator==(const SampleFormat&, const SampleFormat&) = default;
};

std::string formatName(const SampleFormat& format); // "yuv420p", "yuv422p10", "gray12"
Result<SampleFormat> parseFormat(std::string_view name);

// How YUV came from RGB. Unknown: a stream that says nothing; see assumed().
enum class Matrix { unknown, bt601, bt709, bt2020 };
enum class ColourRange { unknown, limited, full };
struct Colour {
    Matrix matrix = Matrix::unknown;
    ColourRange range = ColourRange::unknown;
    friend bool operator==(const Colour&, const Colour&) = default;
};
// What is unknown is taken as BT.709 from 720 rows on, else BT.601, and as limited range.
Colour assumed(Colour colour, int height);
std::string colourName(Colour colour); // "BT.709 limited"; "(assumed)" is the caller's to add

// A view of one plane, or of a rectangle in it. Row y starts at data + y * stride (in samples).
template <typename Sample>
struct Samples {
    const Sample* data = nullptr;
    std::ptrdiff_t stride = 0;
    int width = 0, height = 0;
    const Sample* row(int y) const { return data + y * stride; }
};

struct Rectangle {
    int x = 0, y = 0, width = 0, height = 0; // luma samples
    friend bool operator==(const Rectangle&, const Rectangle&) = default;
};

class Frame
{
public:
    static constexpr int kLargestSide = 16384;

    Frame() = default;
    // All samples 0. Sides from 1 to kLargestSide.
    Frame(int width, int height, SampleFormat format, Colour colour = {});

    int width(int plane = 0) const; // chroma is rounded up
    int height(int plane = 0) const;
    const SampleFormat& format() const { return format_; }
    Colour colour{};
    // Of what the file holds where the samples are not all of it (converted from RGB, without
    // alpha): SHA-256, equal where all of that is equal. Empty: the samples are all.
    std::string original{};

    // Rows lie close together, native byte order; 1 byte per sample up to 8 bits, else 2.
    std::byte* row(int plane, int y);
    const std::byte* row(int plane, int y) const;
    std::size_t rowBytes(int plane) const;
    int sample(int plane, int x, int y) const;
    void setSample(int plane, int x, int y, int value);
    // Sample must be uint8_t or uint16_t as bytesPerSample() says.
    template <typename Sample>
    Samples<Sample> plane(int index) const
    {
        return {reinterpret_cast<const Sample*>(row(index, 0)), width(index), width(index),
                height(index)};
    }

    const std::vector<std::byte>& bytes() const { return bytes_; }
    bool sameShape(const Frame& other) const;
    bool sameSamples(const Frame& other) const; // shape too; colour does not count

private:
    int width_ = 0, height_ = 0;
    SampleFormat format_{};
    std::size_t start_[3] = {};
    std::vector<std::byte> bytes_;
};

// Bytes of one frame of planes lying close together, chroma rounded up.
std::uint64_t frameBytes(int width, int height, const SampleFormat& format);

// The rectangle in a plane's own samples; chroma takes every sample that it touches.
Rectangle inPlane(const Rectangle& luma, const Frame& frame, int plane);

} // namespace vitrine::video
