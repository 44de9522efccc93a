#include "core/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace vitrine
{
namespace
{

TEST(ParallelFor, CallsEachItemExactlyOnce)
{
    for (const int threads : {1, 2, 4, 7})
        for (const std::size_t count : {0u, 1u, 2u, 3u, 1000u}) {
            std::vector<std::atomic<int>> calls(count);

            parallelFor(
                count, [&](std::size_t i) { ++calls[i]; }, threads);

            for (std::size_t i = 0; i < count; ++i)
                EXPECT_EQ(calls[i], 1) << i << " of " << count << " on " << threads;
        }
}

TEST(ParallelFor, NestsSeriallyAndServesSeveralCallers)
{
    std::atomic<int> inner{0};
    const auto twice = [&] {
        for (int round = 0; round < 200; ++round)
            parallelFor(
                8,
                [&](std::size_t) {
                    parallelFor(
                        4, [&](std::size_t) { ++inner; }, 3);
                },
                3);
    };

    std::thread other(twice);
    twice();
    other.join();

    EXPECT_EQ(inner, 2 * 200 * 8 * 4);
}

TEST(ParallelFor, ManyShortLoopsFollowEachOther)
{
    std::vector<int> sums(4, 0);
    for (int round = 0; round < 20'000; ++round)
        parallelFor(
            sums.size(), [&](std::size_t i) { sums[i] += 1; }, 2);

    EXPECT_EQ(sums, std::vector<int>(4, 20'000));
}

} // namespace
} // namespace vitrine
