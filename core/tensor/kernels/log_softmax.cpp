#include "core/tensor/kernels/log_softmax.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <limits>
#include <vector>

#define HWY_WANT_AVX3_DL // tables of bytes (VBMI)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/log_softmax.cpp"
#include <hwy/foreach_target.h>

#include "core/tensor/kernels/int8_codes-inl.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#if HWY_TARGET == HWY_AVX3_DL
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#endif
namespace vitrine::kernels::HWY_NAMESPACE
{

HWY_INLINE std::int8_t largestCode(const std::int8_t* codes, std::int64_t count)
{
    std::int8_t most = codes[0];
    std::int64_t i = 0;
#if HWY_TARGET != HWY_SCALAR
    const hn::FixedTag<std::int8_t, 16> d;
    if (count >= 16) {
        auto largest = hn::LoadU(d, codes);
        for (i = 16; i + 16 <= count; i += 16)
            largest = hn::Max(largest, hn::LoadU(d, codes + i));
        std::int8_t each[16];
        hn::StoreU(largest, d, each);
        most = *std::max_element(each, each + 16);
    }
#endif
    for (; i < count; ++i)
        most = std::max(most, codes[i]);
    return most;
}

// How far each score lies below the largest, 0 to 255.
HWY_INLINE void setDifferences(const std::int8_t* scores, std::int64_t count,
                               std::uint8_t* differences)
{
    const hn::ScalableTag<std::int8_t> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const std::int8_t most = largestCode(scores, count);
    const auto all = hn::Set(d, most);
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        hn::StoreU(hn::Sub(all, hn::LoadU(d, scores + i)), d,
                   reinterpret_cast<std::int8_t*>(differences) + i);
    for (; i < count; ++i)
        differences[i] = static_cast<std::uint8_t>(most - scores[i]);
}

HWY_INLINE std::int64_t sumOf(const std::int64_t* exponentials, const std::uint8_t* differences,
                              std::int64_t count)
{
    std::int64_t sums[4] = {};
    std::int64_t i = 0;
    for (; i + 4 <= count; i += 4) {
        sums[0] += exponentials[differences[i]];
        sums[1] += exponentials[differences[i + 1]];
        sums[2] += exponentials[differences[i + 2]];
        sums[3] += exponentials[differences[i + 3]];
    }
    for (; i < count; ++i)
        sums[0] += exponentials[differences[i]];
    return sums[0] + sums[1] + sums[2] + sums[3];
}

// How many of 256 values, none larger than the one before it, are above `sum`.
HWY_INLINE std::int64_t countAbove(const std::int64_t* values, std::int64_t sum)
{
    std::int64_t count = 0;
    for (std::int64_t step = 128; step > 0; step /= 2)
        count += values[count + step - 1] > sum ? step : 0;
    return count + (values[count] > sum ? 1 : 0);
}

// The code of each difference in a row with this sum. Writes up to a vector behind the table.
HWY_INLINE void setCodes(const LogSoftmax::Tables& tables, std::int64_t sum, std::uint8_t* codes)
{
    const hn::ScalableTag<std::uint8_t> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    constexpr std::int64_t differences = LogSoftmax::kDifferences;
    std::int64_t begins[LogSoftmax::kNoWeight];
    for (std::size_t c = 0; c < LogSoftmax::kNoWeight; ++c)
        begins[c] = countAbove(tables.leastSums[c].data(), sum);
    for (std::int64_t i = 0; i < differences; i += lanes)
        hn::StoreU(hn::Zero(d), d, codes + i);
    for (std::size_t c = 0; c < LogSoftmax::kNoWeight; ++c)
        for (std::int64_t i = begins[c]; i < differences; i += lanes)
            hn::StoreU(hn::Set(d, static_cast<std::uint8_t>(c + 1)), d, codes + i);
}

void logSoftmaxOf(const LogSoftmax::Tables& tables, const std::int8_t* scores, std::int64_t rows,
                  std::int64_t stride, std::uint8_t* codes)
{
    const hn::ScalableTag<std::uint8_t> d;
    HWY_ALIGN std::uint8_t codeOf[LogSoftmax::kDifferences + hn::MaxLanes(d)];
    for (std::int64_t r = 0; r < rows; ++r) {
        std::uint8_t* row = codes + r * stride;
        setDifferences(scores + r * stride, tables.columns, row);
        setCodes(tables, sumOf(tables.exponentials.data(), row, tables.columns), codeOf);
        lookUp(codeOf, codeOf + 128, row, tables.columns, row);
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

HWY_EXPORT(logSoftmaxOf);

constexpr std::int64_t kSumEnds = std::int64_t{1} << 62;
constexpr std::int64_t kSoftmaxScores = 8'192; // of one thread's share

// The least t whose code is at least `code`: 2, 3, 6, 12 ...
std::int64_t leastRatio(int code)
{
    return code == 1 ? 2 : std::int64_t{3} << (code - 2);
}

// The least sum with round(sum / e) >= ratio, half to even: 2 * sum is at least (2 * ratio - 1) * e
// where ratio is even, else above it.
std::int64_t leastSum(std::int64_t ratio, std::int64_t e)
{
    const std::int64_t factor = 2 * ratio - 1;
    if (e == 0)
        return 0;
    if (e > std::numeric_limits<std::int64_t>::max() / factor)
        return std::numeric_limits<std::int64_t>::max(); // beyond all sums
    const std::int64_t twice = factor * e;
    return ratio % 2 == 0 ? twice / 2 + twice % 2 : twice / 2 + 1;
}

} // namespace

Result<LogSoftmax> LogSoftmax::make(std::span<const std::int64_t> exponentials,
                                    std::int64_t columns)
{
    if (exponentials.size() != kDifferences || exponentials[0] <= 0 || exponentials.back() < 0 ||
        !std::ranges::is_sorted(exponentials, std::ranges::greater{}))
        return argumentError("exponentials of a softmax are {} whole numbers that fall from above "
                             "0, and never below it",
                             kDifferences);
    if (columns < 1 || exponentials[0] >= kSumEnds / columns)
        return argumentError("exponentials up to {} of {} scores do not fit a sum of 62 bits",
                             exponentials[0], columns);
    auto made = std::make_shared<Tables>();
    made->columns = columns;
    std::ranges::copy(exponentials, made->exponentials.begin());
    for (int code = 1; code <= kNoWeight; ++code)
        for (std::size_t d = 0; d < kDifferences; ++d)
            made->leastSums[static_cast<std::size_t>(code - 1)][d] =
                leastSum(leastRatio(code), exponentials[d]);
    return LogSoftmax(std::move(made));
}

void LogSoftmax::run(const std::int8_t* scores, std::int64_t rows, std::int64_t stride,
                     std::uint8_t* codes) const
{
    const std::int64_t height = std::max<std::int64_t>(1, kSoftmaxScores / tables_->columns);
    parallelFor(static_cast<std::size_t>((rows + height - 1) / height), [&](std::size_t item) {
        const std::int64_t first = static_cast<std::int64_t>(item) * height;
        HWY_DYNAMIC_DISPATCH(logSoftmaxOf)
        (*tables_, scores + first * stride, std::min(height, rows - first), stride,
         codes + first * stride);
    });
}

} // namespace vitrine::kernels
#endif
