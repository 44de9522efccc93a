#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::kernels
{

// How a whole sum becomes a code: round(sum * multiplier / 2^shift), half-way up as a shifter with
// a rounding bit does it.
struct SumFactor {
    std::int64_t multiplier = 1; // 1 .. 2^31 - 1
    int shift = 0;               // -31 .. 62
};

// The codes of a grid; beyond them a sum becomes the nearest. The code of 0 is added to what a sum
// becomes.
struct CodeRange {
    std::int32_t low = -128, high = 127; // -2^15 .. 2^15 - 1
    std::int32_t zero = 0;               // -256 .. 255
};

// The definition, for |sum * multiplier| < 2^62.
std::int32_t requantizedSum(std::int64_t sum, SumFactor factor, CodeRange range);

// The factors of the outputs of a product, laid out for vectors. Values of it are not changed.
class SumRequantizer
{
public:
    static constexpr std::int64_t kTogether = 16; // outputs; arrays are padded to a multiple

    // `factors`: one for all outputs, or one of each. No sum is beyond +-mostSum. Argument error
    // for numbers outside what the fields above say.
    static Result<SumRequantizer> make(std::span<const SumFactor> factors, std::int64_t outputs,
                                       std::int64_t mostSum, CodeRange range);

    CodeRange range() const { return range_; }
    // The code of 0 is 0, all are shifts to the right, and the rounding bit does not leave 32 bits:
    // (sum + rounding) >> shift.
    bool isShift() const { return isShift_; }
    const std::int32_t* roundings(std::int64_t output) const { return &roundings_[at(output)]; }
    const std::int32_t* shifts(std::int64_t output) const { return &shifts_[at(output)]; }

    // Else, in 64 bits: ((sum * multiplier + offset) >> wideShift) - remainder, where the sum is
    // kept within +-limit and the offset makes what is shifted positive, which the remainder takes
    // away, the code of 0 with it. Those of 64 bits lie, for
    // each 16 outputs, as the eight even ones before the eight odd ones; `output` is even.
    const std::int32_t* limits(std::int64_t output) const { return &limits_[at(output)]; }
    const std::int32_t* multipliers(std::int64_t output) const { return &multipliers_[at(output)]; }
    const std::int32_t* remainders(std::int64_t output) const { return &remainders_[at(output)]; }
    const std::uint64_t* offsets(std::int64_t output) const { return &offsets_[wideAt(output)]; }
    const std::uint64_t* wideShifts(std::int64_t output) const
    {
        return &wideShifts_[wideAt(output)];
    }

private:
    static std::size_t at(std::int64_t output) { return static_cast<std::size_t>(output); }
    static std::size_t wideAt(std::int64_t output)
    {
        return static_cast<std::size_t>(output / kTogether * kTogether + output % kTogether / 2);
    }
    void setNarrow(std::int64_t output, SumFactor factor);
    void setWide(std::int64_t output, SumFactor factor, std::int64_t mostSum);

    CodeRange range_;
    bool isShift_ = true;
    std::vector<std::int32_t> roundings_, shifts_, limits_, multipliers_, remainders_;
    std::vector<std::uint64_t> offsets_, wideShifts_;
};

} // namespace vitrine::kernels
