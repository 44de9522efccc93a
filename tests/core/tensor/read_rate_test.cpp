#include "core/tensor/kernels/read_rate.h"

#include "core/base/parallel.h"
#include "core/tensor/kernels/aligned_bytes.h"

#include <gtest/gtest.h>

#include <cstring>

namespace vitrine::kernels
{
namespace
{

TEST(ReadRate, IsThatOfAMachineThatReads)
{
    constexpr std::size_t size = 8 << 20;
    const auto memory = alignedBytes(size);
    std::memset(memory.get(), 1, size);
    for (const int threads : {1, 2}) {
        setThreadCount(threads);
        const double rate = readRate({memory.get(), size}, 1);
        EXPECT_GT(rate, 1e7);
        EXPECT_LT(rate, 1e13); // else nothing was read
    }
    setThreadCount(0);
    EXPECT_EQ(readRate({}, 1), 0);
    EXPECT_GE(lastCacheBytes(), std::size_t{1} << 20);
}

TEST(AlignedBytes, BeginWhereALineOfTheCacheBegins)
{
    for (const std::size_t size : {0, 1, 100, 2 << 20, (2 << 20) + 1, 5 << 20}) {
        const auto bytes = alignedBytes(size);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes.get()) % 64, 0u) << size;
        std::memset(bytes.get(), 1, size);
    }
}

} // namespace
} // namespace vitrine::kernels
