#include "core/tensor/kernels/code_hard_swish.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cstdlib>

#define HWY_WANT_AVX3_DL // as the sources it shares its headers with
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/code_hard_swish.cpp"
#include <hwy/foreach_target.h>

#include "core/tensor/kernels/int8_codes-inl.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#if HWY_TARGET == HWY_AVX3_DL
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#endif
namespace vitrine::kernels::HWY_NAMESPACE
{

// (product * kSixth + 2^15) >> 16 of a product of 32 bits, in 32 bits: its upper half times the
// sixth, and what its lower half adds.
HWY_INLINE CodeVector sixthOf(CodeVector product)
{
    const CodeInts d;
    const auto sixth = hn::Set(d, CodeHardSwish::kSixth);
    const auto upper = hn::ShiftRight<16>(product), lower = hn::And(product, hn::Set(d, 0xffff));
    return hn::Add(hn::Mul(upper, sixth),
                   hn::ShiftRight<16>(hn::Add(hn::Mul(lower, sixth), hn::Set(d, 1 << 15))));
}

// The first `count` numbers, or a whole vector; the rest is 0.
HWY_INLINE CodeVector widenedShorts(const std::int16_t* x, std::int64_t count)
{
    const CodeInts d;
    const hn::Rebind<std::int16_t, CodeInts> shorts;
    if (count >= kCodeLanes)
        return hn::PromoteTo(d, hn::LoadU(shorts, x));
    HWY_ALIGN std::int16_t all[hn::MaxLanes(CodeInts())] = {};
    std::copy_n(x, count, all);
    return hn::PromoteTo(d, hn::Load(shorts, all));
}

// The first `numbers` of a row, 16 at a time.
void hardSwishRowOf(const CodeHardSwish::Channels& channels, const std::int16_t* x,
                    std::int64_t numbers, std::int8_t* y)
{
    const CodeInts d;
    const std::int32_t one = 1 << channels.fraction;
    const auto three = hn::Set(d, 3 * one), six = hn::Set(d, 6 * one), zero = hn::Zero(d);
    HWY_ALIGN std::int32_t sums[SumRequantizer::kTogether];
    for (std::int64_t i = 0; i < numbers; i += SumRequantizer::kTogether) {
        const std::int64_t count = std::min(SumRequantizer::kTogether, numbers - i);
        for (std::int64_t j = 0; j < count; j += kCodeLanes) {
            const auto number = widenedShorts(x + i + j, count - j);
            // Below 2^31: a number of 16 bits times at most 6 * 2^13.
            const auto gate = hn::Min(hn::Max(hn::Add(number, three), zero), six);
            hn::StoreU(hn::Sub(sixthOf(hn::Mul(number, gate)),
                               hn::LoadU(d, channels.centres.data() + i + j)),
                       d, sums + j);
        }
        requantizeSums(sums, i, count, channels.requantizer, y + i);
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

HWY_EXPORT(hardSwishRowOf);

constexpr std::int64_t kNumbersTogether = 16'384; // of one thread's share
constexpr int kMostFractionDigits = 13;
constexpr std::int32_t kMostCentre = 1 << 30;
// Of Hardswish: 2^15 * 6 * 2^13 / 6 * (1 + 2^-15), and half a step.
constexpr std::int64_t kMostHardSwish = (std::int64_t{1} << 28) + (1 << 14);

// Few channels are laid out again and again until a vector is full: pixels then go together.
template <typename Value>
std::vector<Value> repeated(std::span<const Value> values, std::int64_t width)
{
    std::vector<Value> all;
    while (std::ssize(all) < width)
        all.insert(all.end(), values.begin(), values.end());
    return all;
}

} // namespace

Result<CodeHardSwish> CodeHardSwish::make(int fraction, std::span<const std::int32_t> centres,
                                          std::span<const SumFactor> factors, CodeRange range)
{
    if (fraction < 0 || fraction > kMostFractionDigits)
        return argumentError("{} digits behind the point: 0 to {} are possible", fraction,
                             kMostFractionDigits);
    if (range.low < -128 || range.high > 127)
        return argumentError("codes from {} to {} do not fit 8 bits", range.low, range.high);
    std::int64_t most = kMostHardSwish;
    for (const std::int32_t centre : centres) {
        if (centre < -kMostCentre || centre > kMostCentre)
            return argumentError("a centre of {} is beyond 2^30", centre);
        most = std::max(most, kMostHardSwish + std::abs(std::int64_t{centre}));
    }
    const auto count = static_cast<std::int64_t>(centres.size());
    if (factors.size() != centres.size() && factors.size() != 1)
        return argumentError("{} factors for {} channels", factors.size(), count);
    const bool isNarrow = count > 0 && SumRequantizer::kTogether % count == 0;
    const std::int64_t width = isNarrow ? SumRequantizer::kTogether : count;
    const auto own = factors.size() == 1 ? std::vector(factors.begin(), factors.end())
                                         : repeated(factors, width);
    VITRINE_TRY(auto requantizer, SumRequantizer::make(own, width, most, range));
    Channels made{.count = count,
                  .width = width,
                  .fraction = fraction,
                  .centres = repeated(centres, width),
                  .requantizer = std::move(requantizer)};
    made.centres.resize((made.centres.size() + 15) / 16 * 16);
    return CodeHardSwish(std::move(made));
}

void CodeHardSwish::run(const std::int16_t* x, std::int64_t rows, std::int8_t* y) const
{
    const std::int64_t numbers = rows * channels_.count,
                       width = std::max<std::int64_t>(1, channels_.width),
                       part = std::max<std::int64_t>(1, kNumbersTogether / width) * width;
    parallelFor(static_cast<std::size_t>((numbers + part - 1) / part), [&](std::size_t item) {
        const std::int64_t first = static_cast<std::int64_t>(item) * part,
                           end = std::min(numbers, first + part);
        for (std::int64_t i = first; i < end; i += width)
            HWY_DYNAMIC_DISPATCH(hardSwishRowOf)(channels_, x + i, std::min(width, end - i), y + i);
    });
}

} // namespace vitrine::kernels
#endif
