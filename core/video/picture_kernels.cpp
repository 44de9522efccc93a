#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/video/picture_kernels.cpp"
#include <hwy/foreach_target.h> // compiles what follows once per instruction set

#include "core/video/picture_kernels.h"

#include <hwy/highway.h>

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace vitrine::video::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;
using Ints = hn::ScalableTag<std::int32_t>;
using Words = hn::ScalableTag<std::uint32_t>;
using Floats = hn::ScalableTag<float>;

// body(i) writes a vector at i; the last one goes through a buffer, so that nothing is written
// behind the row.
template <typename Value, typename Body>
HWY_INLINE void forVectors(std::size_t count, Value* out, const Body& body)
{
    const hn::ScalableTag<Value> tag;
    const std::size_t lanes = hn::Lanes(tag);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        hn::StoreU(body(i), tag, out + i);
    if (i < count) {
        alignas(64) Value last[HWY_MAX_BYTES / sizeof(Value)];
        hn::Store(body(i), tag, last);
        std::copy_n(last, count - i, out + i);
    }
}

// Samples are not readable behind their row: the rest is summed one by one.
template <typename Sample>
void combine(const Sample* const* rows, const std::int32_t* weights, int taps, std::size_t count,
             int bits, std::int32_t* out)
{
    const Ints ints;
    const hn::Rebind<Sample, Ints> samples;
    const std::size_t lanes = hn::Lanes(ints);
    const int shift = kWeightBits + bits - 8 - kCodeBits; // 8 for 8 bits
    const std::int32_t half = 1 << (shift - 1);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        auto sum = hn::Set(ints, half);
        for (int k = 0; k < taps; ++k)
            sum = hn::Add(sum, hn::Mul(hn::Set(ints, weights[k]),
                                       hn::PromoteTo(ints, hn::LoadU(samples, rows[k] + i))));
        hn::StoreU(hn::ShiftRightSame(sum, shift), ints, out + i);
    }
    for (; i < count; ++i) {
        std::int32_t sum = half;
        for (int k = 0; k < taps; ++k)
            sum += weights[k] * std::int32_t{rows[k][i]};
        out[i] = sum >> shift;
    }
}
void combineRows8(const std::uint8_t* const* rows, const std::int32_t* weights, int taps,
                  std::size_t count, int bits, std::int32_t* out)
{
    combine(rows, weights, taps, count, bits, out);
}
void combineRows16(const std::uint16_t* const* rows, const std::int32_t* weights, int taps,
                   std::size_t count, int bits, std::int32_t* out)
{
    combine(rows, weights, taps, count, bits, out);
}

void gatherRowImpl(const std::int32_t* row, const std::int32_t* indices,
                   const std::int32_t* weights, int taps, std::size_t stride, std::size_t count,
                   std::int32_t* out)
{
    const Ints ints;
    forVectors(count, out, [&](std::size_t i) HWY_ATTR {
        auto sum = hn::Set(ints, 1 << (kWeightBits - 1));
        for (std::size_t k = 0; k < static_cast<std::size_t>(taps); ++k)
            sum = hn::Add(sum, hn::Mul(hn::LoadU(ints, weights + k * stride + i),
                                       hn::GatherIndex(ints, row,
                                                       hn::LoadU(ints, indices + k * stride + i))));
        return hn::ShiftRight<kWeightBits>(sum);
    });
}

void pairRowImpl(const std::int32_t* row, std::int32_t first, std::int32_t second,
                 std::size_t count, std::int32_t* out)
{
    const Ints ints;
    const auto a = hn::Set(ints, first), b = hn::Set(ints, second);
    const auto half = hn::Set(ints, 1 << (kWeightBits - 1));
    forVectors(count, out, [&](std::size_t i) HWY_ATTR {
        const auto sum =
            hn::Add(hn::Mul(a, hn::LoadU(ints, row + i)), hn::Mul(b, hn::LoadU(ints, row + i + 1)));
        return hn::ShiftRight<kWeightBits>(hn::Add(sum, half));
    });
}

void halveRowImpl(const std::int32_t* row, std::size_t count, std::int32_t* out)
{
    const Ints ints;
    const auto one = hn::Set(ints, 1);
    forVectors(count, out, [&](std::size_t i) HWY_ATTR {
        auto even = hn::Zero(ints), odd = hn::Zero(ints);
        hn::LoadInterleaved2(ints, row + 2 * i, even, odd);
        return hn::ShiftRight<1>(hn::Add(hn::Add(even, odd), one));
    });
}

void doubleRowImpl(const std::int32_t* row, std::size_t count, std::int32_t* out)
{
    const Ints ints;
    const auto one = hn::Set(ints, 1);
    for (std::size_t i = 0; 2 * i < count; i += hn::Lanes(ints)) {
        const auto here = hn::LoadU(ints, row + i), next = hn::LoadU(ints, row + i + 1);
        hn::StoreInterleaved2(here, hn::ShiftRight<1>(hn::Add(hn::Add(here, next), one)), ints,
                              out + 2 * i);
    }
}

void toPixelsImpl(const std::int32_t* y, const std::int32_t* u, const std::int32_t* v,
                  const RgbMatrix& m, std::size_t count, std::uint32_t* out)
{
    const Ints ints;
    const Words words;
    constexpr int kShift = kCodeBits + kMatrixBits;
    const auto black = hn::Set(ints, m.black), middle = hn::Set(ints, 128 << kCodeBits);
    const auto half = hn::Set(ints, 1 << (kShift - 1));
    const auto zero = hn::Zero(ints), peak = hn::Set(ints, 255);
    const auto luma = hn::Set(ints, m.luma), redV = hn::Set(ints, m.redFromV);
    const auto greenU = hn::Set(ints, m.greenFromU), greenV = hn::Set(ints, m.greenFromV);
    const auto blueU = hn::Set(ints, m.blueFromU);
    const auto opaque = hn::Set(words, 0xff000000u);
    forVectors(count, out, [&](std::size_t i) HWY_ATTR {
        const auto base = hn::Add(hn::Mul(luma, hn::Sub(hn::LoadU(ints, y + i), black)), half);
        const auto cb = hn::Sub(hn::LoadU(ints, u + i), middle);
        const auto cr = hn::Sub(hn::LoadU(ints, v + i), middle);
        const auto code = [&](auto sum) HWY_ATTR {
            return hn::BitCast(words, hn::Min(hn::Max(hn::ShiftRight<kShift>(sum), zero), peak));
        };
        const auto r = code(hn::Add(base, hn::Mul(redV, cr)));
        const auto g = code(hn::Add(base, hn::Add(hn::Mul(greenU, cb), hn::Mul(greenV, cr))));
        const auto b = code(hn::Add(base, hn::Mul(blueU, cb)));
        return hn::Or(hn::Or(opaque, hn::ShiftLeft<16>(r)), hn::Or(hn::ShiftLeft<8>(g), b));
    });
}

template <typename Sample>
void difference(const Sample* a, const Sample* b, std::size_t count, Sample* out)
{
    const hn::ScalableTag<Sample> samples;
    const std::size_t lanes = hn::Lanes(samples);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const auto x = hn::LoadU(samples, a + i), y = hn::LoadU(samples, b + i);
        hn::StoreU(hn::Sub(hn::Max(x, y), hn::Min(x, y)), samples, out + i);
    }
    for (; i < count; ++i)
        out[i] = static_cast<Sample>(a[i] > b[i] ? a[i] - b[i] : b[i] - a[i]);
}
void absoluteDifference8(const std::uint8_t* a, const std::uint8_t* b, std::size_t count,
                         std::uint8_t* out)
{
    difference(a, b, count, out);
}
void absoluteDifference16(const std::uint16_t* a, const std::uint16_t* b, std::size_t count,
                          std::uint16_t* out)
{
    difference(a, b, count, out);
}

void toCodesImpl(const std::int32_t* a, const std::int32_t* b, float scale, float offset,
                 std::size_t count, std::int32_t* out)
{
    const Ints ints;
    const Floats floats;
    const auto by = hn::Set(floats, scale), up = hn::Set(floats, offset + 0.5f);
    const auto zero = hn::Zero(floats), peak = hn::Set(floats, 255.0f);
    forVectors(count, out, [&](std::size_t i) HWY_ATTR {
        const auto x = hn::LoadU(ints, a + i);
        const auto d = b ? hn::Sub(x, hn::LoadU(ints, b + i)) : x;
        const auto code = hn::Add(hn::Mul(hn::ConvertTo(floats, d), by), up);
        return hn::ConvertTo(ints, hn::Min(hn::Max(code, zero), peak)); // towards zero
    });
}

void lookUpImpl(const std::int32_t* codes, const std::uint32_t* palette, std::size_t count,
                std::uint32_t* out)
{
    const Ints ints;
    const Words words;
    forVectors(count, out, [&](std::size_t i) HWY_ATTR {
        return hn::GatherIndex(words, palette, hn::LoadU(ints, codes + i));
    });
}

} // namespace vitrine::video::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::video::kernels
{

HWY_EXPORT(combineRows8);
HWY_EXPORT(combineRows16);
HWY_EXPORT(gatherRowImpl);
HWY_EXPORT(pairRowImpl);
HWY_EXPORT(halveRowImpl);
HWY_EXPORT(doubleRowImpl);
HWY_EXPORT(toPixelsImpl);
HWY_EXPORT(absoluteDifference8);
HWY_EXPORT(absoluteDifference16);
HWY_EXPORT(toCodesImpl);
HWY_EXPORT(lookUpImpl);

void combineRows(const std::uint8_t* const* rows, const std::int32_t* weights, int taps,
                 std::size_t count, int bits, std::int32_t* out)
{
    HWY_DYNAMIC_DISPATCH(combineRows8)(rows, weights, taps, count, bits, out);
}
void combineRows(const std::uint16_t* const* rows, const std::int32_t* weights, int taps,
                 std::size_t count, int bits, std::int32_t* out)
{
    HWY_DYNAMIC_DISPATCH(combineRows16)(rows, weights, taps, count, bits, out);
}
void gatherRow(const std::int32_t* row, const std::int32_t* indices, const std::int32_t* weights,
               int taps, std::size_t stride, std::size_t count, std::int32_t* out)
{
    HWY_DYNAMIC_DISPATCH(gatherRowImpl)(row, indices, weights, taps, stride, count, out);
}
void pairRow(const std::int32_t* row, std::int32_t first, std::int32_t second, std::size_t count,
             std::int32_t* out)
{
    HWY_DYNAMIC_DISPATCH(pairRowImpl)(row, first, second, count, out);
}
void halveRow(const std::int32_t* row, std::size_t count, std::int32_t* out)
{
    HWY_DYNAMIC_DISPATCH(halveRowImpl)(row, count, out);
}
void doubleRow(const std::int32_t* row, std::size_t count, std::int32_t* out)
{
    HWY_DYNAMIC_DISPATCH(doubleRowImpl)(row, count, out);
}
void toPixels(const std::int32_t* y, const std::int32_t* u, const std::int32_t* v,
              const RgbMatrix& matrix, std::size_t count, std::uint32_t* out)
{
    HWY_DYNAMIC_DISPATCH(toPixelsImpl)(y, u, v, matrix, count, out);
}
void absoluteDifference(const std::uint8_t* a, const std::uint8_t* b, std::size_t count,
                        std::uint8_t* out)
{
    HWY_DYNAMIC_DISPATCH(absoluteDifference8)(a, b, count, out);
}
void absoluteDifference(const std::uint16_t* a, const std::uint16_t* b, std::size_t count,
                        std::uint16_t* out)
{
    HWY_DYNAMIC_DISPATCH(absoluteDifference16)(a, b, count, out);
}
void toCodes(const std::int32_t* a, const std::int32_t* b, float scale, float offset,
             std::size_t count, std::int32_t* out)
{
    HWY_DYNAMIC_DISPATCH(toCodesImpl)(a, b, scale, offset, count, out);
}
void lookUp(const std::int32_t* codes, const std::uint32_t* palette, std::size_t count,
            std::uint32_t* out)
{
    HWY_DYNAMIC_DISPATCH(lookUpImpl)(codes, palette, count, out);
}

} // namespace vitrine::video::kernels
#endif
