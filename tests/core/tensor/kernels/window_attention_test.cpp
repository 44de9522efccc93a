#include "core/tensor/kernels/window_attention.h"

#include "core/base/parallel.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace vitrine::kernels
{
namespace
{

std::vector<float> noise(std::int64_t count, float spread, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, spread);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values)
        value = normal(random);
    return values;
}

struct Case {
    WindowCut cut;
    std::int64_t channels;
    float spread;
};

std::vector<float> attended(const Case& c, decltype(attendInWindows)* attend)
{
    const std::int64_t pixels = c.cut.height * c.cut.width, stride = 2 * c.channels + 3;
    const auto qv = noise(pixels * stride, c.spread, 7);
    std::vector<float> y(static_cast<std::size_t>(pixels * (c.channels + 1)), 0.5f);
    attend(c.cut, c.channels, {qv.data(), stride}, {qv.data() + c.channels, stride},
           {y.data(), c.channels + 1});
    return y;
}

TEST(WindowAttention, EqualsTheSlowOne)
{
    for (const std::int64_t channels : {5, 10, 15, 20})
        for (const std::int64_t side : {4, 8, 16})
            for (const std::int64_t roll : {std::int64_t{0}, side / 2})
                for (const float spread : {0.1f, 1.0f, 6.0f}) {
                    const Case c{{32, 48, side, roll}, channels, spread};
                    const auto fast = attended(c, attendInWindows),
                               slow = attended(c, attendInWindowsSlowly);
                    for (std::size_t i = 0; i < slow.size(); ++i)
                        ASSERT_NEAR(fast[i], slow[i], 2e-5f * (1 + spread * spread))
                            << channels << " channels, side " << side << ", roll " << roll;
                }
}

TEST(WindowAttention, IsTheSameForEveryThreadCount)
{
    const Case c{{64, 64, 16, 8}, 20, 1.0f};
    const int before = threadCount();
    setThreadCount(1);
    const auto one = attended(c, attendInWindows);
    setThreadCount(3);
    const auto three = attended(c, attendInWindows);
    setThreadCount(before);
    EXPECT_EQ(one, three);
}

// Rolled by half a window, a pixel attends over the border of the windows that are not rolled, and
// from one edge of the map to the other.
TEST(WindowAttention, RollingTheMapIsRollingTheWindows)
{
    const WindowCut plain{8, 8, 4, 0}, rolled{8, 8, 4, 2};
    const auto qv = noise(64 * 10, 1, 3);
    std::vector<float> moved(qv.size()), straight(64 * 5), other(64 * 5);
    const auto at = [](std::int64_t y, std::int64_t x) { return (y % 8) * 8 + x % 8; };
    for (std::int64_t y = 0; y < 8; ++y)
        for (std::int64_t x = 0; x < 8; ++x)
            std::copy_n(qv.begin() + at(y + 2, x + 2) * 10, 10, moved.begin() + at(y, x) * 10);
    attendInWindows(rolled, 5, {qv.data(), 10}, {qv.data() + 5, 10}, {straight.data(), 5});
    attendInWindows(plain, 5, {moved.data(), 10}, {moved.data() + 5, 10}, {other.data(), 5});
    for (std::int64_t y = 0; y < 8; ++y)
        for (std::int64_t x = 0; x < 8; ++x)
            for (std::int64_t i = 0; i < 5; ++i)
                EXPECT_EQ(straight[static_cast<std::size_t>(at(y + 2, x + 2) * 5 + i)],
                          other[static_cast<std::size_t>(at(y, x) * 5 + i)]);
}

TEST(WindowAttention, RowsOfTheMapSumToOne)
{
    const WindowCut cut{16, 16, 16, 0};
    const auto q = noise(256 * 20, 2, 5);
    const std::vector<float> ones(256 * 20, 1.0f);
    std::vector<float> y(256 * 20);
    attendInWindows(cut, 20, {q.data(), 20}, {ones.data(), 20}, {y.data(), 20});
    for (const float value : y)
        EXPECT_NEAR(value, 1, 1e-6);
}

} // namespace
} // namespace vitrine::kernels
