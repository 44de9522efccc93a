#pragma once

#include <cstddef>
#include <cstdint>

// Inner loops over rows of samples, compiled once per instruction set (Highway). Equal results for
// every thread count; between instruction sets the floating-point ones differ in the last bits.
namespace vitrine::video::kernels
{

// Sum of (a - b)^2. `peak` bounds the samples.
std::uint64_t squaredError(const std::uint8_t* a, const std::uint8_t* b, std::size_t count);
std::uint64_t squaredError(const std::uint16_t* a, const std::uint16_t* b, std::size_t count,
                           int peak);

// sample * scale - offset.
void toFloat(const std::uint8_t* row, std::size_t count, float scale, float offset, float* out);
void toFloat(const std::uint16_t* row, std::size_t count, float scale, float offset, float* out);

// x^2 + y^2 and (x - y)^2, element by element.
void squaresAndError(const float* x, const float* y, std::size_t count, float* squares,
                     float* error);

inline constexpr int kWindow = 11; // of Gaussian SSIM, both ways
// Normalised weights, exp(-d^2 / (2 * 1.5^2)).
const float* gaussianWeights();

// out[i] = sum over k of weight[k] * rows[k][i].
void weightedRows(const float* const rows[kWindow], std::size_t count, float* out);

// What SSIM needs of a row after the vertical sums.
struct SsimRow {
    const float* meanX; // all rows hold count + kWindow - 1 elements, and may be read (not used) 64
                        // elements beyond
    const float* meanY;
    const float* squares;
    const float* error;
    float offset; // what was taken off the samples
    float c1, c2;
};
// For each of `count` windows: contrast * structure, and luminance times that. Both may be written
// 64 elements beyond.
void ssimOfRow(const SsimRow& row, std::size_t count, float* ssim, float* contrastStructure);

} // namespace vitrine::video::kernels
