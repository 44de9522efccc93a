#include "core/tensor/kernels/mat_add.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <bit>
#include <cassert>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/mat_add.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

// The mask's row over `kVectors` vectors of columns of x, whose sums stay in registers.
template <int kVectors, typename D, typename T>
HWY_INLINE void addChosen(D d, const std::uint64_t* mask, std::int64_t words, const T* x,
                          std::int64_t stride, T* y)
{
    const auto lanes = hn::Lanes(d);
    auto sum0 = hn::Zero(d), sum1 = sum0, sum2 = sum0, sum3 = sum0;
    for (std::int64_t word = 0; word < words; ++word)
        for (std::uint64_t left = mask[word]; left != 0; left &= left - 1) {
            const T* row = x + (64 * word + std::countr_zero(left)) * stride;
            sum0 = hn::Add(sum0, hn::LoadU(d, row));
            if constexpr (kVectors > 1)
                sum1 = hn::Add(sum1, hn::LoadU(d, row + lanes));
            if constexpr (kVectors > 2) {
                sum2 = hn::Add(sum2, hn::LoadU(d, row + 2 * lanes));
                sum3 = hn::Add(sum3, hn::LoadU(d, row + 3 * lanes));
            }
        }
    hn::StoreU(sum0, d, y);
    if constexpr (kVectors > 1)
        hn::StoreU(sum1, d, y + lanes);
    if constexpr (kVectors > 2) {
        hn::StoreU(sum2, d, y + 2 * lanes);
        hn::StoreU(sum3, d, y + 3 * lanes);
    }
}

template <typename T>
HWY_INLINE void addRow(const std::uint64_t* mask, std::int64_t words, const T* x, std::int64_t n,
                       std::int64_t stride, T* y)
{
    const hn::CappedTag<T, 16> d; // heads are narrow
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    std::int64_t i = 0;
    for (; i + 4 * lanes <= n; i += 4 * lanes)
        addChosen<4>(d, mask, words, x + i, stride, y + i);
    for (; i + 2 * lanes <= n; i += 2 * lanes)
        addChosen<2>(d, mask, words, x + i, stride, y + i);
    for (; i + lanes <= n; i += lanes)
        addChosen<1>(d, mask, words, x + i, stride, y + i);
    const hn::CappedTag<T, 1> one;
    for (; i < n; ++i)
        addChosen<1>(one, mask, words, x + i, stride, y + i);
}

template <typename T>
HWY_INLINE void addRows(const BitMatrix& mask, std::int64_t first, std::int64_t last, const T* x,
                        std::int64_t n, std::int64_t xStride, T* y, std::int64_t yStride)
{
    for (std::int64_t row = first; row < last; ++row)
        addRow(mask.bits.data() + row * mask.words, mask.words, x, n, xStride, y + row * yStride);
}

void addFloatRows(const BitMatrix& mask, std::int64_t first, std::int64_t last, const float* x,
                  std::int64_t n, std::int64_t xStride, float* y, std::int64_t yStride)
{
    addRows(mask, first, last, x, n, xStride, y, yStride);
}

void addWholeRows(const BitMatrix& mask, std::int64_t first, std::int64_t last,
                  const std::int32_t* x, std::int64_t n, std::int64_t xStride, std::int32_t* y,
                  std::int64_t yStride)
{
    addRows(mask, first, last, x, n, xStride, y, yStride);
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace vitrine::kernels
{
namespace
{

// Rows that a thread takes at once; many enough that handing them out costs little.
constexpr std::int64_t kRowsAtOnce = 64;

template <typename Body>
void forBandsOfRows(std::int64_t rows, const Body& body)
{
    const std::int64_t bands = (rows + kRowsAtOnce - 1) / kRowsAtOnce;
    parallelFor(static_cast<std::size_t>(bands), [&](std::size_t band) {
        const auto first = static_cast<std::int64_t>(band) * kRowsAtOnce;
        body(first, std::min(rows, first + kRowsAtOnce));
    });
}

BitMatrix noBits(std::int64_t rows, std::int64_t columns)
{
    const std::int64_t words = (columns + 63) / 64;
    return {rows, columns, words,
            std::vector<std::uint64_t>(static_cast<std::size_t>(rows * words))};
}

} // namespace

HWY_EXPORT(addFloatRows);
HWY_EXPORT(addWholeRows);

BitMatrix packBits(const float* values, std::int64_t rows, std::int64_t columns,
                   std::int64_t stride, float threshold)
{
    BitMatrix made = noBits(rows, columns);
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t c = 0; c < columns; ++c)
            made.bits[static_cast<std::size_t>(row * made.words + c / 64)] |=
                std::uint64_t{values[row * stride + c] > threshold} << (c % 64);
    return made;
}

BitMatrix packBitsAcross(const float* values, std::int64_t rows, std::int64_t columns,
                         std::int64_t stride, float threshold)
{
    BitMatrix made = noBits(columns, rows);
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t c = 0; c < columns; ++c)
            made.bits[static_cast<std::size_t>(c * made.words + row / 64)] |=
                std::uint64_t{values[row * stride + c] > threshold} << (row % 64);
    return made;
}

void matAdd(const BitMatrix& mask, const float* x, std::int64_t n, std::int64_t xStride, float* y,
            std::int64_t yStride)
{
    forBandsOfRows(mask.rows, [&](std::int64_t first, std::int64_t last) {
        HWY_DYNAMIC_DISPATCH(addFloatRows)(mask, first, last, x, n, xStride, y, yStride);
    });
}

void matAdd(const BitMatrix& mask, const std::int32_t* x, std::int64_t n, std::int64_t xStride,
            std::int32_t* y, std::int64_t yStride)
{
    forBandsOfRows(mask.rows, [&](std::int64_t first, std::int64_t last) {
        HWY_DYNAMIC_DISPATCH(addWholeRows)(mask, first, last, x, n, xStride, y, yStride);
    });
}

void commonBits(const BitMatrix& a, const BitMatrix& b, std::int32_t* y)
{
    assert(a.columns == b.columns);
    const auto inCommon = [&](std::int64_t i, std::int64_t j) {
        std::int32_t sum = 0;
        for (std::int64_t word = 0; word < a.words; ++word)
            sum += std::popcount(a.bits[static_cast<std::size_t>(i * a.words + word)] &
                                 b.bits[static_cast<std::size_t>(j * b.words + word)]);
        return sum;
    };
    forBandsOfRows(a.rows, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i)
            for (std::int64_t j = 0; j < b.rows; ++j)
                y[i * b.rows + j] = inCommon(i, j);
    });
}

} // namespace vitrine::kernels

#endif
