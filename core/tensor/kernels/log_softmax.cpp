#include "core/tensor/kernels/log_softmax.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/log_softmax.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

// work(d, i) for vectors from i on that cover 0 .. count: the last may begin before the one before
// it ends. Rows shorter than the shortest vector are left to the caller, who is told so.
template <class D, class Work>
HWY_INLINE bool coverRow(D d, std::int64_t count, const Work& work)
{
    const auto lanes = static_cast<std::int64_t>(hn::MaxLanes(d));
    if (count >= lanes) {
        std::int64_t i = 0;
        for (; i + lanes <= count; i += lanes)
            work(d, i);
        if (i < count)
            work(d, count - lanes);
        return true;
    }
    if constexpr (hn::MaxLanes(D()) > 16)
        return coverRow(hn::Half<D>(), count, work);
    return false;
}

using ScoreBytes = hn::CappedTag<std::int8_t, 64>;

HWY_INLINE int largestScore(const std::int8_t* scores, std::int64_t count)
{
#if HWY_TARGET != HWY_SCALAR
    const hn::FixedTag<std::int8_t, 16> d;
    const hn::Repartition<std::uint32_t, decltype(d)> words;
    auto largest = hn::Set(d, std::int8_t{-128});
    if (coverRow(d, count, [&](auto, std::int64_t i) HWY_ATTR {
            largest = hn::Max(largest, hn::LoadU(d, scores + i));
        })) {
        const auto with = [&](auto moved) HWY_ATTR {
            largest = hn::Max(largest, hn::BitCast(d, moved));
            return hn::BitCast(words, largest);
        };
        auto all = hn::BitCast(words, largest);
        all = with(hn::Shuffle1032(all));
        all = with(hn::Shuffle2301(all));
        all = with(hn::RotateRight<16>(all));
        with(hn::RotateRight<8>(all));
        return hn::GetLane(largest);
    }
#endif
    return *std::max_element(scores, scores + count);
}

HWY_INLINE std::int64_t sumOf(const LogSoftmax::Tables& tables, const std::int8_t* scores, int most)
{
    const std::int64_t* exponentials =
        tables.exponentials.data() + LogSoftmax::kDifferences - 1 - most;
    std::int64_t sums[4] = {};
    std::int64_t i = 0;
    for (; i + 4 <= tables.columns; i += 4) {
        sums[0] += exponentials[scores[i]];
        sums[1] += exponentials[scores[i + 1]];
        sums[2] += exponentials[scores[i + 2]];
        sums[3] += exponentials[scores[i + 3]];
    }
    for (; i < tables.columns; ++i)
        sums[0] += exponentials[scores[i]];
    return sums[0] + sums[1] + sums[2] + sums[3];
}

// The first difference whose code is at least c, for c = 1 .. 16; 256: none.
HWY_INLINE void setFirsts(const LogSoftmax::Tables& tables, std::int64_t sum, int* firsts)
{
    const auto last = static_cast<std::int64_t>(tables.firsts.size()) - 1;
    const auto real = static_cast<double>(sum);
    for (std::size_t c = 0; c < LogSoftmax::kNoWeight; ++c) {
        const auto bits = std::bit_cast<std::int64_t>(real * tables.ratios[c]);
        const std::int64_t place =
            std::clamp<std::int64_t>((bits >> tables.shift) - tables.base, 0, last);
        std::size_t first = tables.firsts[static_cast<std::size_t>(place)];
        const auto& least = tables.leastSums[c];
        first += least[first] > sum; // mostly enough
        while (least[first] > sum)
            ++first;
        firsts[c] = static_cast<int>(first);
    }
}

// The code of a score counts the firsts that its difference has reached.
HWY_INLINE void setCodes(const std::int8_t* scores, std::int64_t count, int most, const int* firsts,
                         std::uint8_t* codes)
{
    // Scores below ends[k] have a code of at least base + 1 + k.
    std::int8_t ends[LogSoftmax::kNoWeight];
    std::size_t base = 0, above = 0;
    while (base < LogSoftmax::kNoWeight && firsts[base] == 0)
        ++base;
    for (; base + above < LogSoftmax::kNoWeight; ++above) {
        const int end = most - firsts[base + above] + 1;
        if (end <= -128)
            break;
        ends[above] = static_cast<std::int8_t>(end);
    }
    const bool isDone = coverRow(ScoreBytes(), count, [&](auto d, std::int64_t i) HWY_ATTR {
        const auto score = hn::LoadU(d, scores + i);
        auto code = hn::Set(d, static_cast<std::int8_t>(base));
        for (std::size_t k = 0; k < above; ++k)
            code = hn::Sub(code, hn::VecFromMask(d, hn::Lt(score, hn::Set(d, ends[k]))));
        hn::StoreU(code, d, reinterpret_cast<std::int8_t*>(codes) + i);
    });
    for (std::int64_t i = 0; i < count && !isDone; ++i)
        codes[i] = static_cast<std::uint8_t>(
            base + static_cast<std::size_t>(std::count_if(
                       ends, ends + above, [&](std::int8_t end) { return scores[i] < end; })));
}

void logSoftmaxOf(const LogSoftmax::Tables& tables, const std::int8_t* scores, std::int64_t rows,
                  std::int64_t stride, std::uint8_t* codes)
{
    int firsts[LogSoftmax::kNoWeight];
    for (std::int64_t r = 0; r < rows; ++r, scores += stride, codes += stride) {
        const int most = largestScore(scores, tables.columns);
        setFirsts(tables, sumOf(tables, scores, most), firsts);
        setCodes(scores, tables.columns, most, firsts, codes);
    }
}

} // namespace vitrine::kernels::HWY_NAMESPACE
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

// The first bits of numbers from the least exponential above 0 to the largest. Between numbers
// that share them there is at most one exponential, where that is possible with 12 bits.
void setPlaces(LogSoftmax::Tables& tables)
{
    constexpr double kAbove = 1 + 0x1p-40; // more than the numbers are rounded by
    constexpr int kMantissaBits = 52, kMostBits = 12;
    std::vector<double> falling;
    for (auto e = tables.exponentials.rbegin(); e != tables.exponentials.rend() && *e > 0; ++e)
        falling.push_back(static_cast<double>(*e));
    const auto place = [&](double x) { return std::bit_cast<std::int64_t>(x) >> tables.shift; };
    const auto isFine = [&] {
        for (std::size_t d = 1; d < falling.size(); ++d)
            if (falling[d] < falling[d - 1] && place(falling[d]) == place(falling[d - 1]))
                return false;
        return true;
    };
    tables.shift = kMantissaBits - 1;
    while (!isFine() && tables.shift > kMantissaBits - kMostBits)
        --tables.shift;
    tables.base = place(falling.back());
    std::size_t first = falling.size();
    for (std::int64_t p = tables.base; p <= place(falling.front()) + 1; ++p) {
        const auto end = std::bit_cast<double>((p + 1) << tables.shift) * kAbove;
        while (first > 0 && falling[first - 1] <= end)
            --first;
        tables.firsts.push_back(static_cast<std::uint16_t>(first));
    }
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
    std::ranges::reverse_copy(exponentials, made->exponentials.begin());
    for (int code = 1; code <= kNoWeight; ++code) {
        const std::int64_t ratio = leastRatio(code);
        made->ratios[static_cast<std::size_t>(code - 1)] = 2.0 / static_cast<double>(2 * ratio - 1);
        for (std::size_t d = 0; d < kDifferences; ++d)
            made->leastSums[static_cast<std::size_t>(code - 1)][d] =
                leastSum(ratio, exponentials[d]);
    }
    setPlaces(*made);
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
