// Included once per target by sources that use Highway's dynamic dispatch; no #pragma once.
#if defined(VITRINE_KERNELS_INT8_CODES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef VITRINE_KERNELS_INT8_CODES_INL_H
#undef VITRINE_KERNELS_INT8_CODES_INL_H
#else
#define VITRINE_KERNELS_INT8_CODES_INL_H
#endif

#include "core/tensor/kernels/sum_requantizer.h"

#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

HWY_BEFORE_NAMESPACE();
#if HWY_TARGET == HWY_AVX3_DL
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni") // as those who include this
#endif
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

using CodeInts = hn::CappedTag<std::int32_t, 16>;
using CodeVector = hn::Vec<CodeInts>;
inline constexpr auto kCodeLanes = static_cast<std::int64_t>(hn::MaxLanes(CodeInts()));

// Codes as numbers of 32 bits: `count` of them, or as many as there are lanes.
HWY_INLINE CodeVector widenedCodes(const std::int8_t* codes, std::int64_t count)
{
    const CodeInts d;
    const hn::Rebind<std::int8_t, CodeInts> bytes;
    if (count >= kCodeLanes)
        return hn::PromoteTo(d, hn::LoadU(bytes, codes));
    std::int8_t last[hn::MaxLanes(CodeInts())] = {};
    std::copy_n(codes, count, last);
    return hn::PromoteTo(d, hn::LoadU(bytes, last));
}

// Where the factors of 16 outputs lie; what bytes are written to does not change it.
struct FactorsAt {
    const std::int32_t *roundings, *shifts, *limits, *multipliers, *remainders;
    const std::uint64_t *offsets, *wideShifts;

    HWY_INLINE FactorsAt(const SumRequantizer& by, std::int64_t output)
        : roundings(by.roundings(output)),
          shifts(by.shifts(output)),
          limits(by.limits(output)),
          multipliers(by.multipliers(output)),
          remainders(by.remainders(output)),
          offsets(by.offsets(output)),
          wideShifts(by.wideShifts(output))
    {
    }
};

// The factors are shifts: no sum leaves 32 bits.
HWY_INLINE CodeVector shiftedSums(CodeVector sums, const FactorsAt& by, std::int64_t i)
{
    const CodeInts d;
    return hn::Shr(hn::Add(sums, hn::LoadU(d, by.roundings + i)), hn::LoadU(d, by.shifts + i));
}

// Of 64 bits: products, with their offset, shifted to where the codes are.
template <class Sums, class Factors>
HWY_INLINE auto shiftedProducts(Sums sums, Factors factors, const std::uint64_t* offsets,
                                const std::uint64_t* shifts)
{
    const hn::Repartition<std::uint64_t, CodeInts> d;
    const auto products = hn::BitCast(d, hn::MulEven(sums, factors));
    return hn::Shr(hn::Add(products, hn::LoadU(d, offsets)), hn::LoadU(d, shifts));
}

HWY_INLINE CodeVector multipliedSums(CodeVector sums, const FactorsAt& by, std::int64_t i)
{
    const CodeInts d;
    constexpr std::int64_t together = SumRequantizer::kTogether, half = together / 2;
    const auto limits = hn::LoadU(d, by.limits + i), factors = hn::LoadU(d, by.multipliers + i);
    const auto kept = hn::Max(hn::Min(sums, limits), hn::Neg(limits));
    const std::int64_t wide = i / together * together + i % together / 2; // of even outputs
#if HWY_TARGET == HWY_SCALAR
    const std::int64_t place = i % 2 == 0 ? wide : wide + half;
    const std::int64_t product = std::int64_t{kept.raw} * factors.raw;
    const std::uint64_t shifted =
        (static_cast<std::uint64_t>(product) + by.offsets[place]) >> by.wideShifts[place];
    const auto codes = hn::Set(d, static_cast<std::int32_t>(static_cast<std::uint32_t>(shifted)));
#else
    const hn::Repartition<std::uint64_t, CodeInts> d64;
    const auto odd = [&](CodeVector v) HWY_ATTR {
        return hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(d64, v)));
    };
    const auto evens = shiftedProducts(kept, factors, by.offsets + wide, by.wideShifts + wide);
    const auto odds = shiftedProducts(odd(kept), odd(factors), by.offsets + wide + half,
                                      by.wideShifts + wide + half);
    const auto codes = hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odds)), hn::BitCast(d, evens));
#endif
    // Modulo 2^32: the difference is in range, its parts may not be.
    return hn::Sub(codes, hn::LoadU(d, by.remainders + i));
}

// The first `count` codes of a vector, or all.
template <class Codes, class Code>
HWY_INLINE void storeFirst(Codes codes, std::int64_t count, Code* to)
{
    const hn::Rebind<Code, CodeInts> d;
    if (count >= kCodeLanes)
        return hn::StoreU(codes, d, to);
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
    const auto first = static_cast<__mmask16>((1u << count) - 1);
    if constexpr (sizeof(Code) == 1)
        _mm_mask_storeu_epi8(to, first, codes.raw);
    else
        _mm256_mask_storeu_epi16(to, first, codes.raw);
#else
    Code all[hn::MaxLanes(CodeInts())];
    hn::StoreU(codes, d, all);
    std::copy_n(all, count, to);
#endif
}

// Sums of `count` outputs from `output` on, a multiple of 16, become codes; reads whole vectors of
// sums, writes `count` codes.
template <class Code>
HWY_INLINE void requantizeSums(const std::int32_t* sums, std::int64_t output, std::int64_t count,
                               const SumRequantizer& by, Code* to)
{
    const CodeInts d;
    const hn::Rebind<Code, CodeInts> dCode;
    const auto low = hn::Set(dCode, static_cast<Code>(by.range().low)),
               high = hn::Set(dCode, static_cast<Code>(by.range().high));
    const FactorsAt factors(by, output);
    const bool isShift = by.isShift();
    for (std::int64_t i = 0; i < count; i += kCodeLanes) {
        const auto sum = hn::LoadU(d, sums + i);
        const auto codes = isShift ? shiftedSums(sum, factors, i) : multipliedSums(sum, factors, i);
        // Demotion keeps what is beyond Code at its ends.
        storeFirst(hn::Min(hn::Max(hn::DemoteTo(dCode, codes), low), high), count - i, to + i);
    }
}

// to[i]: an entry of `lower` where bytes[i] is below 128, else of `upper`. `to` may be `bytes`.
HWY_INLINE void lookUp(const std::uint8_t* lower, const std::uint8_t* upper,
                       const std::uint8_t* bytes, std::int64_t count, std::uint8_t* to)
{
    std::int64_t i = 0;
#if HWY_TARGET == HWY_AVX3_DL
    const __m512i lower0 = _mm512_loadu_si512(lower), lower1 = _mm512_loadu_si512(lower + 64),
                  upper0 = _mm512_loadu_si512(upper), upper1 = _mm512_loadu_si512(upper + 64);
    for (; i + 64 <= count; i += 64) {
        const __m512i byte = _mm512_loadu_si512(bytes + i);
        const __m512i low = _mm512_permutex2var_epi8(lower0, byte, lower1),
                      high = _mm512_permutex2var_epi8(upper0, byte, upper1);
        _mm512_storeu_si512(to + i, _mm512_mask_blend_epi8(_mm512_movepi8_mask(byte), low, high));
    }
#endif
    for (; i < count; ++i)
        to[i] = bytes[i] < 128 ? lower[bytes[i]] : upper[bytes[i] - 128];
}

// codes[i] = table[codes[i] + 128]
HWY_INLINE void lookUpCodes(const std::int8_t* table, std::int64_t count, std::int8_t* codes)
{
    const auto* entries = reinterpret_cast<const std::uint8_t*>(table);
    auto* bytes = reinterpret_cast<std::uint8_t*>(codes);
    lookUp(entries + 128, entries, bytes, count, bytes);
}

} // namespace vitrine::kernels::HWY_NAMESPACE
#if HWY_TARGET == HWY_AVX3_DL
HWY_POP_ATTRIBUTES
#endif
HWY_AFTER_NAMESPACE();

#endif
