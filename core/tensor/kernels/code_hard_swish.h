#pragma once

#include "core/base/result.h"
#include "core/tensor/kernels/sum_requantizer.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::kernels
{

// Hardswish of 16-bit numbers with a binary point, to codes: x min(max(x + 3, 0), 6) / 6 with twice
// as many digits behind the point, 1 / 6 being 10923 / 2^16, half-way up; less the centre of the
// channel; then as SumFactor says.
class CodeHardSwish
{
public:
    static constexpr std::int32_t kSixth = 10923; // / 2^16

    // fraction: 0 .. 13 digits behind the point of x. centres: of each channel, with twice as many,
    // within +-2^30. factors: one for all, or one of each. Argument error for other numbers, for a
    // range beyond 8 bits.
    static Result<CodeHardSwish> make(int fraction, std::span<const std::int32_t> centres,
                                      std::span<const SumFactor> factors, CodeRange range);

    // x and y: [rows, channels]. Parallel; equal results whatever the processor and the number of
    // threads. Any thread, several at once.
    void run(const std::int16_t* x, std::int64_t rows, std::int8_t* y) const;

    struct Channels {
        std::int64_t count = 0;
        std::int64_t width = 0; // numbers that have their own: the channels, once or several times
        int fraction = 0;
        std::vector<std::int32_t> centres = {}; // of whole vectors
        SumRequantizer requantizer;
    };

private:
    explicit CodeHardSwish(Channels channels) : channels_(std::move(channels)) {}

    Channels channels_;
};

} // namespace vitrine::kernels
