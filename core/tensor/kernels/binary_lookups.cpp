#include "core/tensor/kernels/binary_lookups.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

#define HWY_WANT_AVX3_DL // tables of 64 bytes in a register (VBMI), sums of four bytes (VNNI)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/binary_lookups.cpp"
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

inline constexpr std::int64_t kLookupBytes = 64; // of a half tile: 16 sums for each of four bytes

// sum += for each row and each of its four bytes, the entry of that byte's 16 that its low four
// bits choose.
HWY_INLINE RowSum addChosen(RowSum sum, RowSum codes, const std::int8_t* table)
{
    const RowInts d;
    const auto chosen = hn::And(codes, hn::Set(d, 0x0f0f0f0f));
#if HWY_TARGET == HWY_SCALAR
    for (int j = 0; j < 4; ++j)
        sum.raw += static_cast<std::uint8_t>(table[16 * j + (chosen.raw >> (8 * j) & 0xf)]);
    return sum;
#else
#if HWY_TARGET == HWY_AVX3_DL
    const auto index = hn::Or(chosen, hn::Set(d, 0x30201000));
    const RowSum entries{_mm512_permutexvar_epi8(index.raw, _mm512_loadu_si512(table))};
#else
    const hn::Repartition<std::uint8_t, RowInts> bytes;
    const auto byte = [&](int j, std::uint32_t others) HWY_ATTR {
        const auto index = hn::Or(chosen, hn::Set(d, static_cast<std::int32_t>(others)));
        const auto entries =
            hn::LoadDup128(bytes, reinterpret_cast<const std::uint8_t*>(table) + 16 * j);
        return hn::BitCast(d, hn::TableLookupBytesOr0(entries, hn::BitCast(bytes, index)));
    };
    // An index with its highest bit set gives 0.
    const auto entries = hn::Or(hn::Or(byte(0, 0x80808000), byte(1, 0x80800080)),
                                hn::Or(byte(2, 0x80008080), byte(3, 0x00808080)));
#endif
    return addQuads(sum, entries, 0x01010101);
#endif
}

template <int kDigits, int kVectors>
struct LookupSums {
    static constexpr std::int64_t kInputBytes = 2 * kDigits * kLookupBytes;

    RowSum low0, high0, low1, high1;

    HWY_INLINE LookupSums() : low0(hn::Zero(RowInts())), high0(low0), low1(low0), high1(low0) {}

    HWY_INLINE void addHalf(RowSum first, RowSum second, const std::int8_t* tables)
    {
        low0 = addChosen(low0, first, tables);
        if constexpr (kVectors == 2)
            low1 = addChosen(low1, second, tables);
        if constexpr (kDigits == 2) {
            high0 = addChosen(high0, first, tables + kLookupBytes);
            if constexpr (kVectors == 2)
                high1 = addChosen(high1, second, tables + kLookupBytes);
        }
    }
    HWY_INLINE void addTile(RowSum first, RowSum second, const std::int8_t* tables)
    {
        addHalf(first, second, tables);
        addHalf(hn::ShiftRight<4>(first), hn::ShiftRight<4>(second),
                tables + kDigits * kLookupBytes);
    }
    HWY_INLINE RowSum first(std::int32_t base) const { return whole(low0, high0, base); }
    HWY_INLINE RowSum second(std::int32_t base) const { return whole(low1, high1, base); }

private:
    HWY_INLINE RowSum whole(RowSum low, RowSum high, std::int32_t base) const
    {
        const auto sum = kDigits == 1 ? low : hn::Add(low, hn::ShiftLeft<8>(high));
        return hn::Sub(kDigits == 1 ? sum : hn::Add(sum, sum), hn::Set(RowInts(), base));
    }
};

void addLookupsOf(const BinaryTiles& tiles, const InputPlan& plan, int plane,
                  const QuantizedInputs& inputs, std::int64_t begin, std::int64_t end, float* y)
{
    plan.product().inputBits == 8
        ? multiplyRows<LookupSums, 1>(tiles, plan, plane, inputs, begin, end, y)
        : multiplyRows<LookupSums, 2>(tiles, plan, plane, inputs, begin, end, y);
}

using TableShorts = hn::CappedTag<std::int16_t, 16>;
inline constexpr auto kTableLanes = static_cast<std::int64_t>(hn::MaxLanes(TableShorts()));

#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86

// Where a vector of 16 magnitudes, those of positive inputs first and then those of negative ones,
// has what input 4 * kBit + (table) adds to eight entries of each of four tables.
template <int kBit, int kFirst>
HWY_INLINE __m512i placesOf()
{
    alignas(64) static constexpr auto places = [] {
        std::array<std::uint16_t, 32> of{};
        for (unsigned table = 0; table < 4; ++table)
            for (unsigned entry = 0; entry < 8; ++entry)
                of[8 * table + entry] = static_cast<std::uint16_t>(
                    ((kFirst + entry) >> kBit & 1 ? 0 : 16) + 4 * kBit + table);
        return of;
    }();
    return _mm512_load_si512(places.data());
}

std::int32_t makeWideLookups(const std::int16_t* whole, std::int64_t halves, std::int8_t* out)
{
    const __m512i ones = _mm512_set1_epi16(1), byte = _mm512_set1_epi16(0xff);
    __m512i all = _mm512_setzero_si512();
    for (std::int64_t half = 0; half < halves; ++half, whole += 16, out += 2 * kLookupBytes) {
        const __m256i zero = _mm256_setzero_si256();
        const __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(whole));
        const __m512i magnitudes =
            _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_max_epi16(x, zero)),
                               _mm256_max_epi16(_mm256_sub_epi16(zero, x), zero), 1);
        all = _mm512_add_epi32(all, _mm512_madd_epi16(magnitudes, ones));
        const auto part = [&](__m512i places)
                              HWY_ATTR { return _mm512_permutexvar_epi16(places, magnitudes); };
        const __m512i three =
            _mm512_add_epi16(_mm512_add_epi16(part(placesOf<0, 0>()), part(placesOf<1, 0>())),
                             part(placesOf<2, 0>()));
        const __m512i first = _mm512_add_epi16(three, part(placesOf<3, 0>()));
        const __m512i last = _mm512_add_epi16(three, part(placesOf<3, 8>()));
        _mm512_storeu_si512(
            out, _mm512_packus_epi16(_mm512_and_si512(first, byte), _mm512_and_si512(last, byte)));
        _mm512_storeu_si512(out + kLookupBytes, _mm512_packus_epi16(_mm512_srli_epi16(first, 8),
                                                                    _mm512_srli_epi16(last, 8)));
    }
    return _mm512_reduce_add_epi32(all);
}

#else

std::int32_t makeWideLookups(const std::int16_t* whole, std::int64_t halves, std::int8_t* out)
{
    const TableShorts d;
    const hn::Rebind<std::uint8_t, TableShorts> bytes;
    std::int16_t isIn[4][16]; // all bits set where an entry's number has the input's bit
    for (int i = 0; i < 4; ++i)
        for (int entry = 0; entry < 16; ++entry)
            isIn[i][entry] = static_cast<std::int16_t>(-(entry >> i & 1));
    auto* to = reinterpret_cast<std::uint8_t*>(out);
    std::int32_t all = 0;
    for (std::int64_t half = 0; half < halves; ++half, whole += 16, to += 2 * kLookupBytes)
        for (std::int64_t j = 0; j < 4; ++j)
            for (std::int64_t first = 0; first < 16; first += kTableLanes) {
                auto sum = hn::Zero(d);
                for (std::int64_t i = 0; i < 4; ++i) {
                    const int x = whole[4 * i + j];
                    const auto magnitude = [&](int value) HWY_ATTR {
                        return hn::Set(d, static_cast<std::int16_t>(std::max(value, 0)));
                    };
                    const auto in = hn::LoadU(d, isIn[i] + first);
                    sum = hn::Add(sum,
                                  hn::Or(hn::And(in, magnitude(x)), hn::AndNot(in, magnitude(-x))));
                    all += first == 0 ? std::abs(x) : 0;
                }
                const auto low = hn::Set(d, 0xff);
                hn::StoreU(hn::DemoteTo(bytes, hn::And(sum, low)), bytes, to + 16 * j + first);
                hn::StoreU(hn::DemoteTo(bytes, hn::And(hn::ShiftRight<8>(sum), low)), bytes,
                           to + kLookupBytes + 16 * j + first);
            }
    return all;
}

#endif

// Entries `first` and on of inputs 0, 4, 8 and 12: +- each, as the bits of the entry's number say.
// `signs`: [4][16] of -1 and +1.
HWY_INLINE hn::Vec<TableShorts> fourSums(const std::int16_t* whole, const std::int16_t* signs,
                                         std::int64_t first)
{
    const TableShorts d;
    auto sum = hn::Zero(d);
    for (std::int64_t i = 0; i < 4; ++i)
        sum = hn::Add(sum, hn::Mul(hn::Set(d, whole[4 * i]), hn::LoadU(d, signs + 16 * i + first)));
    return sum;
}

// Rounded to 8 bits: to nearest and even of sums times `factor`, plus 128.
void makeRoundLookups(const std::int16_t* whole, std::int64_t halves, const std::int16_t* signs,
                      float factor, std::int8_t* out)
{
    const hn::CappedTag<float, 16> reals;
    const hn::RebindToSigned<decltype(reals)> ints;
    const hn::Rebind<std::int16_t, decltype(reals)> shorts;
    const hn::Rebind<std::int8_t, decltype(reals)> bytes;
    constexpr auto lanes = static_cast<std::int64_t>(hn::MaxLanes(hn::CappedTag<float, 16>()));
    const auto magic = hn::Set(reals, 0x1.8p23f);
    std::int16_t sums[16];
    for (std::int64_t half = 0; half < halves; ++half, whole += 16, out += kLookupBytes)
        for (std::int64_t j = 0; j < 4; ++j) {
            for (std::int64_t i = 0; i < 16; i += kTableLanes)
                hn::StoreU(fourSums(whole + j, signs, i), TableShorts(), sums + i);
            for (std::int64_t i = 0; i < 16; i += lanes) {
                const auto value =
                    hn::ConvertTo(reals, hn::PromoteTo(ints, hn::LoadU(shorts, sums + i)));
                const auto moved = hn::Add(hn::Mul(value, hn::Set(reals, factor)), magic);
                const auto rounded = hn::DemoteTo(
                    bytes, hn::Sub(hn::BitCast(ints, moved), hn::BitCast(ints, magic)));
                hn::StoreU(hn::Xor(rounded, hn::Set(bytes, -128)), bytes, out + 16 * j + i);
            }
        }
}

} // namespace vitrine::kernels::HWY_NAMESPACE
#if HWY_TARGET == HWY_AVX3_DL
HWY_POP_ATTRIBUTES
#endif
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::kernels
{
namespace
{

HWY_EXPORT(addLookupsOf);
HWY_EXPORT(makeWideLookups);
HWY_EXPORT(makeRoundLookups);

// The largest sum of magnitudes of four inputs that share a table.
int largestSum(const std::int16_t* whole, std::int64_t halves)
{
    int largest = 0;
    for (std::int64_t half = 0; half < halves; ++half, whole += 16)
        for (int j = 0; j < 4; ++j)
            largest = std::max(largest, std::abs(whole[j]) + std::abs(whole[4 + j]) +
                                            std::abs(whole[8 + j]) + std::abs(whole[12 + j]));
    return largest;
}

} // namespace

void addLookups(const BinaryTiles& tiles, const InputPlan& plan, int plane,
                const QuantizedInputs& inputs, std::int64_t begin, std::int64_t end, float* y)
{
    HWY_DYNAMIC_DISPATCH(addLookupsOf)(tiles, plan, plane, inputs, begin, end, y);
}

std::int32_t makeLookups(const std::int16_t* whole, std::int64_t tiles, int inputBits, float& step,
                         std::int8_t* out)
{
    if (inputBits == 16)
        return HWY_DYNAMIC_DISPATCH(makeWideLookups)(whole, 2 * tiles, out);
    std::int16_t signs[4 * 16];
    for (int i = 0; i < 4; ++i)
        for (int entry = 0; entry < 16; ++entry)
            signs[16 * i + entry] = entry >> i & 1 ? 1 : -1;
    const float largest = static_cast<float>(std::max(1, largestSum(whole, 2 * tiles)));
    HWY_DYNAMIC_DISPATCH(makeRoundLookups)(whole, 2 * tiles, signs, 127.0f / largest, out);
    step *= largest / 127.0f;
    return static_cast<std::int32_t>(128 * 8 * tiles); // a row's look-ups: eight for each tile
}

} // namespace vitrine::kernels
#endif
