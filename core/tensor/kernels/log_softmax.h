#pragma once

#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

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
        // exponentials[255 - d]: a row's scores lie in order behind their smallest possible one.
        std::array<std::int64_t, kDifferences> exponentials{};
        // leastSums[c - 1][d]: from this sum on the code of the difference d is at least c; behind
        // the last d, 0.
        std::array<std::array<std::int64_t, kDifferences + 1>, kNoWeight> leastSums{};
        // The first difference with a code of at least c has an exponential of about sum *
        // ratios[c - 1]. `firsts` has a place, at most that difference, for the first bits of such
        // a number: those that `shift` leaves, from `base` on.
        std::array<double, kNoWeight> ratios{};
        std::vector<std::uint16_t> firsts;
        int shift = 0;
        std::int64_t base = 0;
    };

private:
    explicit LogSoftmax(std::shared_ptr<const Tables> tables) : tables_(std::move(tables)) {}

    std::shared_ptr<const Tables> tables_;
};

} // namespace vitrine::kernels
