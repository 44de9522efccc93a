#pragma once

#include <cstddef>
#include <cstdint>

// Inner loops of pictures for a screen, compiled once per instruction set (Highway). Whole numbers,
// and single operations of floats: equal results on every machine.
namespace vitrine::video::kernels
{

inline constexpr int kWeightBits = 14; // weights of one sum add up to 1 << kWeightBits
inline constexpr int kCodeBits = 6;    // values are in 1/64 of an 8-bit code
inline constexpr int kMatrixBits = 15;
inline constexpr std::size_t kBehind = 64; // elements that may be read behind every row of values

// out[i] = sum over k of weights[k] * rows[k][i], rounded: samples of `bits` bits to values.
void combineRows(const std::uint8_t* const* rows, const std::int32_t* weights, int taps,
                 std::size_t count, int bits, std::int32_t* out);
void combineRows(const std::uint16_t* const* rows, const std::int32_t* weights, int taps,
                 std::size_t count, int bits, std::int32_t* out);

// out[i] = sum over k of weights[k * stride + i] * row[indices[k * stride + i]], rounded.
void gatherRow(const std::int32_t* row, const std::int32_t* indices, const std::int32_t* weights,
               int taps, std::size_t stride, std::size_t count, std::int32_t* out);
// out[i] = first * row[i] + second * row[i + 1], rounded; weights as above.
void pairRow(const std::int32_t* row, std::int32_t first, std::int32_t second, std::size_t count,
             std::int32_t* out);
// out[i] = (row[2 i] + row[2 i + 1]) / 2, rounded; reads 2 * kBehind behind.
void halveRow(const std::int32_t* row, std::size_t count, std::int32_t* out);

// out[2 i] = row[i], out[2 i + 1] = (row[i] + row[i + 1]) / 2, rounded; `out` may be written
// kBehind behind.
void doubleRow(const std::int32_t* row, std::size_t count, std::int32_t* out);

struct RgbMatrix {
    std::int32_t black = 0;              // value of Y
    std::int32_t luma = 0, redFromV = 0; // coefficients with kMatrixBits
    std::int32_t greenFromU = 0, greenFromV = 0, blueFromU = 0;
};
// Values of Y, U, V to 0xffRRGGBB, half rounded up, clipped.
void toPixels(const std::int32_t* y, const std::int32_t* u, const std::int32_t* v,
              const RgbMatrix& matrix, std::size_t count, std::uint32_t* out);

// |a - b|
void absoluteDifference(const std::uint8_t* a, const std::uint8_t* b, std::size_t count,
                        std::uint8_t* out);
void absoluteDifference(const std::uint16_t* a, const std::uint16_t* b, std::size_t count,
                        std::uint16_t* out);

// Codes offset + scale * (a[i] - b[i]), half rounded up, clipped to 0..255; b may be none.
void toCodes(const std::int32_t* a, const std::int32_t* b, float scale, float offset,
             std::size_t count, std::int32_t* out);
// out[i] = palette[codes[i]]
void lookUp(const std::int32_t* codes, const std::uint32_t* palette, std::size_t count,
            std::uint32_t* out);

} // namespace vitrine::video::kernels
