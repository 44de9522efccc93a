#include "core/quant/read_bandwidth.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <new>
#include <numeric>
#include <span>
#include <vector>

#include <unistd.h>

namespace vitrine::quant
{
namespace
{

constexpr std::size_t kBandwidthPart = std::size_t{1} << 17; // numbers: 1 MiB
constexpr int kBandwidthPasses = 3;

// Several sums at once, so that additions do not wait for each other.
std::uint64_t sumOf(std::span<const std::uint64_t> numbers)
{
    std::array<std::uint64_t, 8> sums = {};
    std::size_t i = 0;
    for (; i + sums.size() <= numbers.size(); i += sums.size())
        for (std::size_t lane = 0; lane < sums.size(); ++lane)
            sums[lane] += numbers[i + lane];
    for (; i < numbers.size(); ++i)
        sums[0] += numbers[i];
    return std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
}

} // namespace

std::uint64_t bandwidthBuffer()
{
    constexpr std::uint64_t kLeast = std::uint64_t{256} << 20, kMost = std::uint64_t{1} << 30;
#ifdef _SC_LEVEL3_CACHE_SIZE
    const long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
    if (cache > 0)
        return std::clamp(2 * static_cast<std::uint64_t>(cache), kLeast, kMost);
#endif
    return kLeast;
}

Result<double> measureReadBandwidth(std::uint64_t bytes)
{
    using Clock = std::chrono::steady_clock;
    const std::size_t count = bytes / sizeof(std::uint64_t);
    if (count == 0)
        return argumentError("a buffer of {} bytes measures no bandwidth", bytes);
    const std::unique_ptr<std::uint64_t[]> buffer(new (std::nothrow) std::uint64_t[count]);
    if (!buffer)
        return failure("there is no memory for {} MiB to measure bandwidth with", bytes >> 20);
    const std::span<std::uint64_t> numbers(buffer.get(), count);
    const std::size_t parts = (count + kBandwidthPart - 1) / kBandwidthPart;
    const auto part = [&](std::size_t i) {
        return numbers.subspan(i * kBandwidthPart,
                               std::min(kBandwidthPart, count - i * kBandwidthPart));
    };
    // Written first: pages that nobody wrote to are all the same one.
    parallelFor(parts, [&](std::size_t i) { std::ranges::fill(part(i), i); });
    std::vector<std::uint64_t> sums(parts);
    double seconds = 0;
    for (int pass = 0; pass < kBandwidthPasses; ++pass) {
        const auto start = Clock::now();
        parallelFor(parts, [&](std::size_t i) { sums[i] = sumOf(part(i)); });
        const double taken = std::chrono::duration<double>(Clock::now() - start).count();
        seconds = pass == 0 ? taken : std::min(seconds, taken);
    }
    for (std::size_t i = 0; i < parts; ++i) // the sums are asked for, so they were made
        if (sums[i] != i * part(i).size())
            return failure("memory does not hold what was written to it");
    return static_cast<double>(count * sizeof(std::uint64_t)) / seconds;
}

} // namespace vitrine::quant
