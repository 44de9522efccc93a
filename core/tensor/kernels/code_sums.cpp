#include "core/tensor/kernels/code_sums.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cstdlib>

#define HWY_WANT_AVX3_DL // as the sources it shares its headers with
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/code_sums.cpp"
#include <hwy/foreach_target.h>

#include "core/tensor/kernels/int8_codes-inl.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#if HWY_TARGET == HWY_AVX3_DL
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#endif
namespace vitrine::kernels::HWY_NAMESPACE
{

// A row: the sums of 16 columns at a time.
void addCodesOf(const CodeSum::Columns& columns, const std::int8_t* a, const std::int8_t* b,
                std::int8_t* y)
{
    const CodeInts d;
    HWY_ALIGN std::int32_t sums[SumRequantizer::kTogether];
    for (std::int64_t i = 0; i < columns.count; i += SumRequantizer::kTogether) {
        const std::int64_t count = std::min(SumRequantizer::kTogether, columns.count - i);
        for (std::int64_t j = 0; j < count; j += kCodeLanes) {
            auto sum = hn::Add(hn::LoadU(d, &columns.bias[static_cast<std::size_t>(i + j)]),
                               hn::Mul(widenedCodes(a + i + j, count - j),
                                       hn::LoadU(d, columns.aFactors.data() + i + j)));
            if (b)
                sum = hn::Add(sum, hn::Mul(widenedCodes(b + i + j, count - j),
                                           hn::LoadU(d, columns.bFactors.data() + i + j)));
            hn::StoreU(sum, d, sums + j);
        }
        requantizeSums(sums, i, count, columns.requantizer, y + i);
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

HWY_EXPORT(addCodesOf);

constexpr std::int64_t kCodesTogether = 16'384; // of one thread's share

// No sum of any column is larger, whatever the codes.
std::int64_t mostOf(const CodeSumShape& s)
{
    std::int64_t most = 0;
    for (std::size_t i = 0; i < s.aFactors.size(); ++i) {
        const std::int64_t codes = std::abs(std::int64_t{s.aFactors[i]}) +
                                   (s.bFactors.empty() ? 0 : std::abs(std::int64_t{s.bFactors[i]}));
        most =
            std::max(most, 128 * codes + (s.bias.empty() ? 0 : std::abs(std::int64_t{s.bias[i]})));
    }
    return most;
}

} // namespace

Result<CodeSum> CodeSum::make(const CodeSumShape& shape, std::span<const SumFactor> after,
                              CodeRange range)
{
    const std::size_t count = shape.aFactors.size();
    for (const auto& values : {shape.bFactors, shape.bias})
        if (!values.empty() && values.size() != count)
            return argumentError("{} values for {} columns", values.size(), count);
    if (range.low < -128 || range.high > 127)
        return argumentError("codes from {} to {} do not fit 8 bits", range.low, range.high);
    const auto columns = static_cast<std::int64_t>(count);
    VITRINE_TRY(auto requantizer, SumRequantizer::make(after, columns, mostOf(shape), range));
    Columns made{.count = columns, .requantizer = std::move(requantizer)};
    const auto padded = [&](std::span<const std::int32_t> values) {
        std::vector<std::int32_t> all(values.begin(), values.end());
        all.resize((count + 15) / 16 * 16);
        return all;
    };
    made.aFactors = padded(shape.aFactors);
    made.bFactors = padded(shape.bFactors);
    made.bias = padded(shape.bias);
    return CodeSum(std::move(made));
}

void CodeSum::run(const std::int8_t* a, const std::int8_t* b, std::int64_t rows,
                  std::int8_t* y) const
{
    const std::int64_t columns = columns_.count;
    const std::int64_t height =
        std::max<std::int64_t>(1, kCodesTogether / std::max<std::int64_t>(1, columns));
    parallelFor(static_cast<std::size_t>((rows + height - 1) / height), [&](std::size_t item) {
        const std::int64_t first = static_cast<std::int64_t>(item) * height;
        for (std::int64_t r = first; r < std::min(rows, first + height); ++r)
            HWY_DYNAMIC_DISPATCH(addCodesOf)
        (columns_, a + r * columns, b ? b + r * columns : nullptr, y + r * columns);
    });
}

} // namespace vitrine::kernels
#endif
