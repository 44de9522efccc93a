#include "core/tensor/kernels/binary_dots.h"

#include <cstring>

#define HWY_WANT_AVX3_DL // byte products that are summed (VNNI)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/binary_dots.cpp"
#include <hwy/foreach_target.h>

#include "core/tensor/kernels/binary_rows-inl.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#if HWY_TARGET == HWY_AVX3_DL
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#endif
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

// Sums for bits 0 to 3 of the bytes, which are worth 1, 2, 4 and 8, and bits 4 to 7 moved there.
struct BitSums {
    RowSum bit0, bit1, bit2, bit3;

    HWY_INLINE BitSums() : bit0(hn::Zero(RowInts())), bit1(bit0), bit2(bit0), bit3(bit0) {}

    template <int kBit>
    HWY_INLINE RowSum& of()
    {
        if constexpr (kBit == 0)
            return bit0;
        else if constexpr (kBit == 1)
            return bit1;
        else if constexpr (kBit == 2)
            return bit2;
        else
            return bit3;
    }
    HWY_INLINE RowSum sum() const
    {
        const auto upper = hn::Add(bit2, hn::ShiftRight<1>(bit3));
        return hn::Add(bit0, hn::ShiftRight<1>(hn::Add(bit1, hn::ShiftRight<1>(upper))));
    }
};

HWY_INLINE std::int32_t fourInputs(const std::int8_t* bytes)
{
    std::int32_t four = 0;
    std::memcpy(&four, bytes, sizeof four);
    return four;
}

// Four inputs of each digit times one bit of the codes of each vector. An input is used by all
// vectors at once: registers hold the sums.
template <int kBit, int kDigits, int kVectors>
HWY_INLINE void addBit(RowSum first, RowSum second, const std::int8_t* x, RowSum& low0,
                       RowSum& high0, RowSum& low1, RowSum& high1)
{
    const auto bit = hn::Set(RowInts(), 0x01010101 << kBit);
    const auto codes0 = hn::And(first, bit), codes1 = hn::And(second, bit);
    const std::int32_t low = fourInputs(x + 4 * kBit);
    low0 = addQuads(low0, codes0, low);
    if constexpr (kVectors == 2)
        low1 = addQuads(low1, codes1, low);
    if constexpr (kDigits == 2) {
        const std::int32_t high = fourInputs(x + 32 + 4 * kBit);
        high0 = addQuads(high0, codes0, high);
        if constexpr (kVectors == 2)
            high1 = addQuads(high1, codes1, high);
    }
}

template <int kDigits, int kVectors>
struct DotSums {
    static constexpr std::int64_t kInputBytes = 32 * kDigits;

    BitSums low0, high0, low1, high1;

    HWY_INLINE DotSums() {}

    template <int kBit>
    HWY_INLINE void addBitOf(RowSum first, RowSum second, const std::int8_t* x)
    {
        addBit<kBit, kDigits, kVectors>(first, second, x, low0.of<kBit>(), high0.of<kBit>(),
                                        low1.of<kBit>(), high1.of<kBit>());
    }
    // Four bits of each byte times 16 inputs.
    HWY_INLINE void addHalf(RowSum first, RowSum second, const std::int8_t* x)
    {
        addBitOf<0>(first, second, x);
        addBitOf<1>(first, second, x);
        addBitOf<2>(first, second, x);
        addBitOf<3>(first, second, x);
    }
    HWY_INLINE void addTile(RowSum first, RowSum second, const std::int8_t* x)
    {
        addHalf(first, second, x);
        addHalf(hn::ShiftRight<4>(first), hn::ShiftRight<4>(second), x + 16);
    }
    HWY_INLINE RowSum first(std::int32_t base) const { return signedSum(low0, high0, base); }
    HWY_INLINE RowSum second(std::int32_t base) const { return signedSum(low1, high1, base); }

private:
    // 2 * (sum where codes are +1) - sum of all.
    HWY_INLINE RowSum signedSum(const BitSums& low, const BitSums& high, std::int32_t base) const
    {
        auto sum = low.sum();
        if constexpr (kDigits == 2)
            sum = hn::Add(sum, hn::ShiftLeft<8>(high.sum()));
        return hn::Sub(hn::Add(sum, sum), hn::Set(RowInts(), base));
    }
};

void addDotsOf(const BinaryTiles& tiles, const InputPlan& plan, int plane,
               const QuantizedInputs& inputs, std::int64_t begin, std::int64_t end, float* y)
{
    plan.product().inputBits == 8
        ? multiplyRows<DotSums, 1>(tiles, plan, plane, inputs, begin, end, y)
        : multiplyRows<DotSums, 2>(tiles, plan, plane, inputs, begin, end, y);
}

} // namespace vitrine::kernels::HWY_NAMESPACE
#if HWY_TARGET == HWY_AVX3_DL
HWY_POP_ATTRIBUTES
#endif
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::kernels
{

HWY_EXPORT(addDotsOf);

void addDots(const BinaryTiles& tiles, const InputPlan& plan, int plane,
             const QuantizedInputs& inputs, std::int64_t begin, std::int64_t end, float* y)
{
    HWY_DYNAMIC_DISPATCH(addDotsOf)(tiles, plan, plane, inputs, begin, end, y);
}

} // namespace vitrine::kernels
#endif
