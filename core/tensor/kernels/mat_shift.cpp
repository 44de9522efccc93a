#include "core/tensor/kernels/mat_shift.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cassert>
#include <numbers>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/mat_shift.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

using ShiftInts = hn::CappedTag<std::int32_t, 16>;
using ShiftVector = hn::Vec<ShiftInts>;

HWY_INLINE ShiftVector widenedBytes(const std::int8_t* bytes)
{
    const ShiftInts d;
    return hn::PromoteTo(d, hn::LoadU(hn::Rebind<std::int8_t, ShiftInts>(), bytes));
}

// sign * (x >> right) of one input of one row, without the + 1 of a negative sign: -v = ~v + 1.
template <bool kHasZeros>
HWY_INLINE ShiftVector shiftedTerm(std::int32_t x, ShiftVector right, ShiftVector negative,
                                   ShiftVector present)
{
    const auto term = hn::Xor(hn::Shr(hn::Set(ShiftInts(), x), right), negative);
    if constexpr (kHasZeros)
        return hn::And(term, present);
    return term;
}

// `kRows` rows times the outputs from `column` of a tile on, as many as a vector has.
template <int kRows, bool kHasZeros>
HWY_INLINE void shiftRows(const ShiftMatrix& weights, std::int64_t tile, std::int64_t column,
                          const std::int32_t* x, std::int32_t* sums)
{
    const ShiftInts d;
    const std::int64_t inputs = weights.inputs();
    const std::int8_t *right = weights.rightAt(tile) + column,
                      *negative = weights.negativeAt(tile) + column,
                      *present = kHasZeros ? weights.presentAt(tile) + column : nullptr;
    auto sum0 = hn::LoadU(d, weights.negativesAt(tile) + column);
    auto sum1 = sum0, sum2 = sum0, sum3 = sum0;
    for (std::int64_t k = 0; k < inputs; ++k) {
        const auto by = widenedBytes(right + k * ShiftMatrix::kTile),
                   flip = widenedBytes(negative + k * ShiftMatrix::kTile),
                   keep = kHasZeros ? widenedBytes(present + k * ShiftMatrix::kTile) : flip;
        sum0 = hn::Add(sum0, shiftedTerm<kHasZeros>(x[k], by, flip, keep));
        if constexpr (kRows > 1) {
            sum1 = hn::Add(sum1, shiftedTerm<kHasZeros>(x[inputs + k], by, flip, keep));
            sum2 = hn::Add(sum2, shiftedTerm<kHasZeros>(x[2 * inputs + k], by, flip, keep));
            sum3 = hn::Add(sum3, shiftedTerm<kHasZeros>(x[3 * inputs + k], by, flip, keep));
        }
    }
    hn::StoreU(sum0, d, sums);
    if constexpr (kRows > 1) {
        hn::StoreU(sum1, d, sums + ShiftMatrix::kTile);
        hn::StoreU(sum2, d, sums + 2 * ShiftMatrix::kTile);
        hn::StoreU(sum3, d, sums + 3 * ShiftMatrix::kTile);
    }
}

template <int kRows>
HWY_INLINE void shiftTile(const ShiftMatrix& weights, std::int64_t tile, const std::int32_t* x,
                          std::int32_t* y)
{
    std::int32_t sums[static_cast<std::size_t>(kRows * ShiftMatrix::kTile)];
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(ShiftInts()));
    for (std::int64_t column = 0; column < ShiftMatrix::kTile; column += lanes)
        weights.presentAt(tile) ? shiftRows<kRows, true>(weights, tile, column, x, sums + column)
                                : shiftRows<kRows, false>(weights, tile, column, x, sums + column);
    const std::int64_t first = tile * ShiftMatrix::kTile,
                       count = std::min(ShiftMatrix::kTile, weights.outputs() - first);
    for (std::int64_t row = 0; row < kRows; ++row)
        std::copy_n(sums + row * ShiftMatrix::kTile, count, y + row * weights.outputs() + first);
}

void matShiftRows(const ShiftMatrix& weights, const std::int32_t* x, std::int64_t rows,
                  std::int32_t* y)
{
    for (std::int64_t tile = 0; tile < weights.tiles(); ++tile) {
        std::int64_t row = 0;
        for (; row + 4 <= rows; row += 4)
            shiftTile<4>(weights, tile, x + row * weights.inputs(), y + row * weights.outputs());
        for (; row < rows; ++row)
            shiftTile<1>(weights, tile, x + row * weights.inputs(), y + row * weights.outputs());
    }
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace vitrine::kernels
{

HWY_EXPORT(matShiftRows);

SignedShift nearestShift(float w, int lowest)
{
    if (w == 0)
        return {static_cast<std::int8_t>(lowest), 0};
    int exponent = 0;
    const double mantissa = std::frexp(static_cast<double>(std::abs(w)), &exponent); // 0.5 .. 1
    if (mantissa < std::numbers::sqrt2 / 2)
        --exponent;
    return {static_cast<std::int8_t>(std::clamp(exponent, lowest, 0)),
            static_cast<std::int8_t>(w < 0 ? -1 : 1)};
}

ShiftMatrix::ShiftMatrix(std::int64_t outputs, std::int64_t inputs, const std::int8_t* shift,
                         const std::int8_t* sign)
    : outputs_(outputs), inputs_(inputs)
{
    const auto stored = static_cast<std::size_t>(tiles() * inputs * kTile);
    right_.assign(stored, 0);
    negative_.assign(stored, 0);
    negatives_.assign(static_cast<std::size_t>(tiles() * kTile), 0);
    if (std::any_of(sign, sign + outputs * inputs, [](std::int8_t s) { return s == 0; }))
        present_.assign(stored, 0);
    for (std::int64_t o = 0; o < outputs; ++o)
        for (std::int64_t k = 0; k < inputs; ++k) {
            const std::int64_t at = o * inputs + k;
            assert(shift[at] >= kLeastShift && shift[at] <= 0 && sign[at] >= -1 && sign[at] <= 1);
            const auto place =
                static_cast<std::size_t>((o / kTile * inputs + k) * kTile + o % kTile);
            right_[place] = static_cast<std::int8_t>(-shift[at]);
            negative_[place] = sign[at] < 0 ? -1 : 0;
            negatives_[static_cast<std::size_t>(o)] += sign[at] < 0;
            if (!present_.empty())
                present_[place] = sign[at] != 0 ? -1 : 0;
        }
}

void matShift(const ShiftMatrix& weights, const std::int32_t* x, std::int64_t rows, std::int32_t* y)
{
    constexpr std::int64_t kBand = 32;
    parallelFor(static_cast<std::size_t>((rows + kBand - 1) / kBand), [&](std::size_t band) {
        const std::int64_t first = static_cast<std::int64_t>(band) * kBand;
        HWY_DYNAMIC_DISPATCH(matShiftRows)
        (weights, x + first * weights.inputs(), std::min(kBand, rows - first),
         y + first * weights.outputs());
    });
}

void toFixedPoint(const float* x, std::int64_t count, std::int32_t* fixed)
{
    constexpr float kSteps = 65536.0f, kLeast = -2147483648.0f, kMost = 32767.0f * kSteps;
    for (std::int64_t i = 0; i < count; ++i) {
        const float steps = x[i] == x[i] ? x[i] * kSteps : 0.0f; // exact but for infinity
        const float inside = std::clamp(steps, kLeast, kMost);
        const auto towardsZero = static_cast<std::int32_t>(inside);
        fixed[i] = towardsZero - (static_cast<float>(towardsZero) > inside);
    }
}

float onFixedPoint(float x)
{
    constexpr float kSteps = 65536.0f;
    return std::floor(std::clamp(x, -32768.0f, 32767.0f) * kSteps) / kSteps;
}

} // namespace vitrine::kernels

#endif
