#include "core/tensor/kernels/sum_requantizer.h"

#include <algorithm>
#include <limits>

namespace vitrine::kernels
{
namespace
{

constexpr std::int64_t kSumEnd = std::int64_t{1} << 31;
// A sum this large is beyond every range where the factor is at least 1.
constexpr std::int64_t kMostZero = 256;
constexpr std::int64_t kBeyondCodes = (std::int64_t{1} << 15) + kMostZero + 1;

std::int64_t roundingOf(int shift)
{
    return shift > 0 ? std::int64_t{1} << (shift - 1) : 0;
}

bool isValidFactor(SumFactor f)
{
    return f.multiplier >= 1 && f.multiplier < kSumEnd && f.shift >= -31 && f.shift <= 62;
}

bool isValidRange(CodeRange range)
{
    using Code = std::numeric_limits<std::int16_t>;
    return range.low >= Code::min() && range.high <= Code::max() && range.low <= range.high &&
           range.zero >= -kMostZero && range.zero < kMostZero;
}

bool isNarrow(SumFactor f, std::int64_t mostSum)
{
    return f.multiplier == 1 && f.shift >= 0 && f.shift <= 31 &&
           mostSum + roundingOf(f.shift) < kSumEnd;
}

// A factor with the same codes whose products stay within 62 bits: no shift to the left, and none
// larger than takes every sum but 0 beyond the codes.
SumFactor withoutLeftShift(SumFactor f)
{
    if (f.shift < 0)
        f = {std::min(f.multiplier << std::min(-f.shift, 16), kBeyondCodes), 0};
    if (f.multiplier >> f.shift >= kBeyondCodes)
        return {kBeyondCodes, 0};
    return f;
}

} // namespace

std::int32_t requantizedSum(std::int64_t sum, SumFactor f, CodeRange range)
{
    const std::int64_t product = sum * f.multiplier;
    if (f.shift < 0 && product != 0) {
        // 2^31 is beyond every range, and so is what is shifted further.
        const std::int64_t least = std::clamp(product, -kSumEnd, kSumEnd);
        return static_cast<std::int32_t>(std::clamp<std::int64_t>(
            least * (std::int64_t{1} << -f.shift) + range.zero, range.low, range.high));
    }
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(
        ((product + roundingOf(f.shift)) >> std::max(f.shift, 0)) + range.zero, range.low,
        range.high));
}

Result<SumRequantizer> SumRequantizer::make(std::span<const SumFactor> factors,
                                            std::int64_t outputs, std::int64_t mostSum,
                                            CodeRange range)
{
    if (mostSum < 0 || mostSum >= kSumEnd)
        return argumentError("sums up to {} do not fit 32 bits", mostSum);
    if (static_cast<std::int64_t>(factors.size()) != outputs && factors.size() != 1)
        return argumentError("{} factors for {} outputs", factors.size(), outputs);
    if (!isValidRange(range))
        return argumentError("codes from {} to {} with {} for 0 do not fit 16 bits", range.low,
                             range.high, range.zero);
    for (const SumFactor& f : factors)
        if (!isValidFactor(f))
            return argumentError("a sum cannot be multiplied by {} / 2^{}: the multiplier is 1 to "
                                 "2^31 - 1, the shift -31 to 62",
                                 f.multiplier, f.shift);
    SumRequantizer made;
    made.range_ = range;
    made.isShift_ = range.zero == 0 &&
                    std::ranges::all_of(factors, [&](auto f) { return isNarrow(f, mostSum); });
    const auto padded = static_cast<std::size_t>((outputs + kTogether - 1) / kTogether * kTogether);
    for (auto* values :
         {&made.roundings_, &made.shifts_, &made.limits_, &made.multipliers_, &made.remainders_})
        values->resize(padded);
    made.offsets_.resize(padded), made.wideShifts_.resize(padded);
    for (std::int64_t o = 0; o < outputs; ++o) {
        const SumFactor& f = factors[factors.size() == 1 ? 0 : at(o)];
        made.isShift_ ? made.setNarrow(o, f) : made.setWide(o, f, mostSum);
    }
    return made;
}

void SumRequantizer::setNarrow(std::int64_t output, SumFactor f)
{
    roundings_[at(output)] = static_cast<std::int32_t>(roundingOf(f.shift));
    shifts_[at(output)] = f.shift;
}

void SumRequantizer::setWide(std::int64_t output, SumFactor f, std::int64_t mostSum)
{
    f = withoutLeftShift(f);
    const bool enlarges = f.shift < 31 && f.multiplier > std::int64_t{1} << f.shift;
    limits_[at(output)] =
        static_cast<std::int32_t>(enlarges ? std::min(mostSum, kBeyondCodes) : mostSum);
    const std::size_t wide = wideAt(output) + (output % 2 == 0 ? 0 : kTogether / 2);
    multipliers_[at(output)] = static_cast<std::int32_t>(f.multiplier);
    offsets_[wide] = static_cast<std::uint64_t>(roundingOf(f.shift)) + (std::uint64_t{1} << 62);
    wideShifts_[wide] = static_cast<std::uint64_t>(f.shift);
    remainders_[at(output)] =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(std::uint64_t{1} << (62 - f.shift)) -
                                  static_cast<std::uint32_t>(range_.zero));
}

} // namespace vitrine::kernels
