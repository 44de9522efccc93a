// Included once per target by sources that use Highway's dynamic dispatch; no #pragma once.
#if defined(VITRINE_KERNELS_BINARY_SCALES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef VITRINE_KERNELS_BINARY_SCALES_INL_H
#undef VITRINE_KERNELS_BINARY_SCALES_INL_H
#else
#define VITRINE_KERNELS_BINARY_SCALES_INL_H
#endif

#include "core/tensor/kernels/binary_tiles.h"

#include <hwy/highway.h>

#include <algorithm>
#include <bit>

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

// 2^exponent of a normal float.
HWY_INLINE float powerOfTwo(int exponent)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(exponent + 127) << 23);
}

// Bytes of PowerTerm as their values.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V termValues(D d, const std::uint8_t* terms)
{
    const hn::RebindToUnsigned<D> du;
    const hn::Rebind<std::uint8_t, D> bytes;
    const auto term = hn::PromoteTo(du, hn::LoadU(bytes, terms));
    const auto exponent = hn::Add(hn::And(term, hn::Set(du, 0x7f)), hn::Set(du, 127 - 64));
    const auto value =
        hn::Or(hn::ShiftLeft<23>(exponent), hn::ShiftLeft<24>(hn::And(term, hn::Set(du, 0x80))));
    return hn::BitCast(d, hn::IfThenZeroElse(hn::Eq(term, hn::Zero(du)), value));
}

// Half-precision numbers `i` and on.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V halfScales(D d, const BinaryScales& scales, std::int64_t i)
{
    const hn::Rebind<hwy::float16_t, D> halves;
    const auto* from = reinterpret_cast<const hwy::float16_t*>(scales.halves.data());
    return hn::PromoteTo(d, hn::LoadU(halves, from + i));
}

// Scales `i` and on of a plane: the floats of BinaryCodes::scales to the bit.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V loadScales(D d, const BinaryScales& s, int plane, std::int64_t i)
{
    if (s.form == ScaleForm::floats)
        return halfScales(d, s, plane * s.count + i);
    if (s.form == ScaleForm::grid)
        return hn::Mul(halfScales(d, s, i), hn::Set(d, powerOfTwo(s.planes - 2 - plane)));
    V sum = hn::Zero(d);
    for (int t = 0; t < s.terms; ++t)
        sum = hn::Add(sum, termValues(d, s.bytes.data() + (t * s.planes + plane) * s.count + i));
    return sum;
}

// Offsets `i` and on of a grid.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V loadOffsets(D d, const BinaryScales& s, std::int64_t i)
{
    const hn::RebindToSigned<D> di;
    const hn::Rebind<std::uint8_t, D> bytes;
    const V middle = hn::Set(d, (powerOfTwo(s.planes) - 1) / 2);
    V zero = hn::Set(d, powerOfTwo(s.planes - 1));
    if (!s.bytes.empty())
        zero = hn::ConvertTo(d, hn::PromoteTo(di, hn::LoadU(bytes, s.bytes.data() + i)));
    return hn::Mul(halfScales(d, s, i), hn::Sub(middle, zero));
}

// Sixteen values at a time, each for eight columns: two in a vector.
template <class D, class Load>
HWY_INLINE void spreadEights(D d, std::int64_t groups, const Load& load, hn::TFromD<D>* out)
{
    const hn::RebindToSigned<D> di;
    constexpr auto lanes = static_cast<std::int64_t>(hn::MaxLanes(D()));
    std::int32_t places[lanes];
    for (std::int64_t i = 0; i < lanes; ++i)
        places[i] = static_cast<std::int32_t>(i / 8);
    const auto pair = hn::LoadU(di, places);
    for (std::int64_t group = 0; group < groups; group += lanes) {
        const auto values = load(group);
        for (std::int64_t i = 0; i < std::min(lanes, groups - group); i += 2) {
            const auto index =
                hn::IndicesFromVec(d, hn::Add(pair, hn::Set(di, static_cast<std::int32_t>(i))));
            hn::StoreU(hn::TableLookupLanes(values, index), d, out + 8 * (group + i));
        }
    }
}

// What `load(d, i)` gives from element i on for each group of columns of a row, spread over the
// columns; up to a vector behind the last may be written.
template <class D, class Load>
void spreadGroups(D d, const BinaryTiles& tiles, std::int64_t row, const Load& load,
                  hn::TFromD<D>* out)
{
    constexpr auto lanes = static_cast<std::int64_t>(hn::MaxLanes(D()));
    const std::int64_t groups = tiles.columnGroups(), columns = tiles.groupColumns();
    const std::int64_t inputs = tiles.inputs(), first = tiles.scaleAt(row, 0);
    if (columns == 1 && !tiles.hasScalesOfRows()) {
        for (std::int64_t k = 0; k < inputs; k += lanes)
            hn::StoreU(load(d, first + k), d, out + k);
        return;
    }
    if (columns == 8 && lanes == 16 && !tiles.hasScalesOfRows()) {
        spreadEights(
            d, groups, [&](std::int64_t group) HWY_ATTR { return load(d, first + group); }, out);
        return;
    }
    // So many groups lie side by side.
    const std::int64_t together = tiles.hasScalesOfRows() ? 1 : lanes;
    hn::TFromD<D> values[lanes];
    for (std::int64_t group = 0; group < groups; group += together) {
        hn::StoreU(load(d, tiles.scaleAt(row, group)), d, values);
        for (std::int64_t i = 0; i < std::min(together, groups - group); ++i) {
            const std::int64_t begin = (group + i) * columns;
            const std::int64_t end = std::min(begin + columns, inputs);
            const auto value = hn::Set(d, values[i]);
            for (std::int64_t k = begin; k < end; k += lanes)
                hn::StoreU(value, d, out + k);
        }
    }
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
