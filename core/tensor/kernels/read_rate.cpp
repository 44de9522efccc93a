#include "core/tensor/kernels/read_rate.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>

#include <unistd.h>

namespace vitrine::kernels
{
namespace
{

constexpr std::size_t kReadParts = 64; // that threads share
constexpr std::size_t kLines = 256;    // bytes that are read of a stream before the next one's

// Reads whole kLines of each stream; what comes out depends on all of them.
template <std::size_t kStreams, std::size_t kAhead>
std::uint64_t readStreams(const std::uint8_t* from, std::size_t bytes)
{
    constexpr std::size_t kWords = kLines / sizeof(std::uint64_t);
    const std::size_t each = bytes / kStreams / kLines * kLines;
    std::uint64_t sums[kWords] = {};
    for (std::size_t at = 0; at < each; at += kLines)
        for (std::size_t stream = 0; stream < kStreams; ++stream) {
            const std::uint8_t* lines = from + stream * each + at;
            for (std::size_t i = 0; kAhead > 0 && i < kLines; i += 64)
                __builtin_prefetch(lines + kAhead + i);
            std::uint64_t words[kWords];
            std::memcpy(words, lines, sizeof words);
            for (std::size_t i = 0; i < kWords; ++i)
                sums[i] |= words[i];
        }
    std::uint64_t sum = 0;
    for (const std::uint64_t word : sums)
        sum |= word;
    return sum;
}

using ReadLoop = std::uint64_t (*)(const std::uint8_t*, std::size_t);
constexpr ReadLoop kReadLoops[] = {readStreams<1, 0>,    readStreams<2, 0>,
                                   readStreams<4, 0>,    readStreams<1, 4096>,
                                   readStreams<2, 4096>, readStreams<4, 2048>};

double secondsToRead(ReadLoop loop, std::span<const std::uint8_t> memory)
{
    static std::atomic<std::uint64_t> kept; // so that nothing is left out
    const std::size_t part = memory.size() / kReadParts;
    const auto start = std::chrono::steady_clock::now();
    parallelFor(kReadParts, [&](std::size_t i) { kept |= loop(memory.data() + i * part, part); });
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

std::size_t lastCacheBytes()
{
    const long third = sysconf(_SC_LEVEL3_CACHE_SIZE), second = sysconf(_SC_LEVEL2_CACHE_SIZE);
    return static_cast<std::size_t>(std::max({third, second, long{1} << 20}));
}

double readRate(std::span<const std::uint8_t> memory, int rounds)
{
    double best = 0;
    for (int round = 0; round < rounds; ++round)
        for (const ReadLoop loop : kReadLoops)
            best = std::max(best, static_cast<double>(memory.size()) / secondsToRead(loop, memory));
    return best;
}

} // namespace vitrine::kernels
