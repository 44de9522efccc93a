#pragma once

#include <cstdint>
#include <vector>

// Products with matrices of zeros and ones: nothing is multiplied. ShiftAddViT's MatAdd.
namespace vitrine::kernels
{

// A matrix of bits, 64 to a word: bit c of row r is bit c % 64 of word r * words + c / 64. Bits
// behind the last column are 0.
struct BitMatrix {
    std::int64_t rows = 0, columns = 0, words = 0; // words of a row
    std::vector<std::uint64_t> bits = {};

    bool at(std::int64_t row, std::int64_t column) const
    {
        return (bits[static_cast<std::size_t>(row * words + column / 64)] >> (column % 64) & 1) !=
               0;
    }
};

// 1 where values[row * stride + column] > threshold. NaN is not.
BitMatrix packBits(const float* values, std::int64_t rows, std::int64_t columns,
                   std::int64_t stride, float threshold);
// The same with rows and columns exchanged: of codes [tokens, bits] the matrix [bits, tokens].
BitMatrix packBitsAcross(const float* values, std::int64_t rows, std::int64_t columns,
                         std::int64_t stride, float threshold);

// y[r] [n] = sum of the rows x[c] [n] whose bit c is set in row r, in the order of c: equal to the
// bit on every processor. Rows of x and y lie xStride and yStride apart. Parallel over rows of y.
void matAdd(const BitMatrix& mask, const float* x, std::int64_t n, std::int64_t xStride, float* y,
            std::int64_t yStride);
// Of whole numbers, modulo 2^32.
void matAdd(const BitMatrix& mask, const std::int32_t* x, std::int64_t n, std::int64_t xStride,
            std::int32_t* y, std::int64_t yStride);

// y[i * b.rows + j] = how many bits rows i of a and j of b have in common. As many columns in both.
void commonBits(const BitMatrix& a, const BitMatrix& b, std::int32_t* y);

} // namespace vitrine::kernels
