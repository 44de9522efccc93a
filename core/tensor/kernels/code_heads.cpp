#include "core/tensor/kernels/code_heads.h"

#include <algorithm>
#include <cassert>
#include <vector>

#define HWY_WANT_AVX3_DL // as the sources it shares its headers with
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/code_heads.cpp"
#include <hwy/foreach_target.h>

#include "core/tensor/kernels/int8_codes-inl.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#if HWY_TARGET == HWY_AVX3_DL
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#endif
namespace vitrine::kernels::HWY_NAMESPACE
{

// Codes less their zero, not below `least`, in 32 bits: rows of `width`, a multiple of 16, what is
// beyond `columns` being of no account.
void widenRows(CodeRows rows, std::int64_t count, std::int64_t columns, std::int64_t width,
               std::int32_t least, std::int32_t* to)
{
    const CodeInts d;
    const auto zero = hn::Set(d, rows.zero), low = hn::Set(d, least);
    for (std::int64_t row = 0; row < count; ++row)
        for (std::int64_t i = 0; i < columns; i += kCodeLanes) {
            const auto codes = widenedCodes(rows.codes + row * rows.stride + i, columns - i);
            hn::StoreU(hn::Max(hn::Sub(codes, zero), low), d, to + row * width + i);
        }
}

// Four rows of c = a b at a time, 16 columns: c[r] = sum over i of a[r * aRow + i * aStep] b[i].
HWY_INLINE void sumFourRows(const std::int32_t* const (&a)[4], std::int64_t aStep,
                            const std::int32_t* b, std::int64_t bStride, std::int64_t count,
                            std::int32_t (*sums)[SumRequantizer::kTogether])
{
    const CodeInts d;
    for (std::int64_t j = 0; j < SumRequantizer::kTogether; j += kCodeLanes) {
        auto sum0 = hn::Zero(d), sum1 = sum0, sum2 = sum0, sum3 = sum0;
        for (std::int64_t i = 0; i < count; ++i) {
            const auto row = hn::LoadU(d, b + i * bStride + j);
            sum0 = hn::Add(sum0, hn::Mul(hn::Set(d, a[0][i * aStep]), row));
            sum1 = hn::Add(sum1, hn::Mul(hn::Set(d, a[1][i * aStep]), row));
            sum2 = hn::Add(sum2, hn::Mul(hn::Set(d, a[2][i * aStep]), row));
            sum3 = hn::Add(sum3, hn::Mul(hn::Set(d, a[3][i * aStep]), row));
        }
        hn::StoreU(sum0, d, sums[0] + j);
        hn::StoreU(sum1, d, sums[1] + j);
        hn::StoreU(sum2, d, sums[2] + j);
        hn::StoreU(sum3, d, sums[3] + j);
    }
}

// y = a b as codes. Row r of a begins at a + r * aRow, its numbers lie aStep apart; b [inner,
// width]. The last rows are computed again where four are not left.
void multiplyRows(const std::int32_t* a, std::int64_t aRow, std::int64_t aStep, std::int64_t rows,
                  const std::int32_t* b, std::int64_t width, std::int64_t inner,
                  std::int64_t columns, const SumRequantizer& by, std::int8_t* y,
                  std::int64_t yStride)
{
    HWY_ALIGN std::int32_t sums[4][SumRequantizer::kTogether];
    for (std::int64_t row = 0; row < rows; row += 4) {
        const std::int32_t* four[4];
        for (std::int64_t r = 0; r < 4; ++r)
            four[r] = a + std::min(row + r, rows - 1) * aRow;
        for (std::int64_t j = 0; j < columns; j += SumRequantizer::kTogether) {
            sumFourRows(four, aStep, b + j, width, inner, sums);
            for (std::int64_t r = 0; r < std::min<std::int64_t>(4, rows - row); ++r)
                requantizeSums(sums[r], j, std::min(SumRequantizer::kTogether, columns - j), by,
                               y + (row + r) * yStride + j);
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

HWY_EXPORT(widenRows);
HWY_EXPORT(multiplyRows);

constexpr std::int32_t kAnyCode = -512; // below every difference of a code and its zero

std::int64_t wholeVectors(std::int64_t columns)
{
    return (columns + SumRequantizer::kTogether - 1) / SumRequantizer::kTogether *
           SumRequantizer::kTogether;
}

std::vector<std::int32_t> widened(CodeRows rows, std::int64_t count, std::int64_t columns,
                                  std::int32_t least)
{
    std::vector<std::int32_t> wide(static_cast<std::size_t>(count * wholeVectors(columns)));
    HWY_DYNAMIC_DISPATCH(widenRows)
    (rows, count, columns, wholeVectors(columns), least, wide.data());
    return wide;
}

} // namespace

void codeContext(const LinearHeadShape& s, CodeRows k, CodeRows v, const SumRequantizer& by,
                 std::int8_t* y)
{
    const auto keys = widened(k, s.tokens, s.dim, 0),
               values = widened(v, s.tokens, s.columns, kAnyCode);
    HWY_DYNAMIC_DISPATCH(multiplyRows)
    (keys.data(), 1, wholeVectors(s.dim), s.dim, values.data(), wholeVectors(s.columns), s.tokens,
     s.columns, by, y, s.columns);
}

void codeLookup(const LinearHeadShape& s, CodeRows q, CodeRows context, const SumRequantizer& by,
                std::int8_t* y, std::int64_t yStride)
{
    const auto queries = widened(q, s.tokens, s.dim, 0),
               rows = widened(context, s.dim, s.columns, kAnyCode);
    HWY_DYNAMIC_DISPATCH(multiplyRows)
    (queries.data(), wholeVectors(s.dim), 1, s.tokens, rows.data(), wholeVectors(s.columns), s.dim,
     s.columns, by, y, yStride);
}

} // namespace vitrine::kernels
#endif
