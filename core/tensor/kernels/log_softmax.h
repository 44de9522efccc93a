#pragma once

#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace vitrine::kernels
{

// Rows of scores become attention in powers of two, 2^-code (Lin et al. 2022, Log-Int-Softmax). The
// exponential of a score below the largest of its row is a whole number e; with t = (sum of all e)
// / e, rounded half to even, the code is floor(log2 t), and one more from 1.5 * 2^floor up. It is
// kNoWeight above 15, and where e is 0.
class LogSoftmax
{
public:
    static constexpr std::uint8_t kNoWeight = 16;
    static constexpr std::size_t kDifferences = 256;

    // exponentials[d]: of a score that is d below the largest; that of 0 is above 0, none is below
    // 0 or larger than the one before it. Argument error for others, and where those of `columns`
    // scores may not fit 62 bits.
    static Result<LogSoftmax> make(std::span<const std::int64_t> exponentials,
                                   std::int64_t columns);

    // Row r of scores at scores + r * stride, of codes at codes + r * stride. Parallel; equal
    // results whatever the processor and the number of threads.
    void run(const std::int8_t* scores, std::int64_t rows, std::int64_t stride,
             std::uint8_t* codes) const;

    struct Tables {
        std::int64_t columns = 0;
        std::array<std::int64_t, kDifferences> exponentials{};
        // leastSums[c - 1][d]: from this sum on the code of the difference d is at least c.
        std::array<std::array<std::int64_t, kDifferences>, kNoWeight> leastSums{};
    };

private:
    explicit LogSoftmax(std::shared_ptr<const Tables> tables) : tables_(std::move(tables)) {}

    std::shared_ptr<const Tables> tables_;
};

} // namespace vitrine::kernels
