#pragma once

#include <cstddef>
#include <cstdint>

// Inner loops over rows of samples, compiled once per instruction set (Highway). Equal results for
// every thread count; between instruction sets the floating-point ones differ in the last bits.
namespace vitrine::video::kernels
{

inline constexpr std::size_t kBeyond = 64; // elements that a kernel may use behind a row

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

inline constexpr int kTogether = 4; // rows of windows that share what they load
// out[r][i] = sum over k of weight[k] * rows[r + k][i]. Rows may be read, and `out` written,
// kBeyond further; no `out` may be one of the rows.
void weightedRows(const float* const rows[kWindow + kTogether - 1], std::size_t count,
                  float* const out[kTogether]);

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

// Sums over blocks of 4 x 4 samples of two pictures, one element for each block of a row of blocks.
struct BlockSums {
    std::int32_t *x, *y, *squares, *product; // of samples, of x^2 + y^2, of x y
};
// `a` and `b`: four rows of 4 * blocks samples each.
void blockSums(const std::uint8_t* const a[4], const std::uint8_t* const b[4], std::size_t blocks,
               const BlockSums& sums);
// FFmpeg's SSIM of each window of two by two blocks: `windows` + 1 blocks of two rows. The sums may
// be read (not used), and `ssim` written, 64 elements beyond.
void ssimOfBlocks(const BlockSums& upper, const BlockSums& lower, std::size_t windows,
                  std::int32_t c1, std::int32_t c2, float* ssim);

// Eight sums by turns, then together: one order for all machines.
double sumOf(const float* values, std::size_t count);

} // namespace vitrine::video::kernels
