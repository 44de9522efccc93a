#include "core/base/random.h"

#include <gtest/gtest.h>

#include <array>

namespace vitrine
{
namespace
{

TEST(Random, RepeatsForEqualSeedsOnly)
{
    Random a(42), b(42), c(43);
    const auto first = a.bits();

    EXPECT_EQ(first, b.bits());
    EXPECT_NE(first, c.bits());
}

TEST(Random, BelowIsUniform)
{
    Random random(7);
    std::array<int, 6> faces{};
    for (int i = 0; i < 60'000; ++i)
        ++faces[random.below(6)];

    for (const int count : faces)
        EXPECT_NEAR(count, 10'000, 500); // five standard deviations are 456
}

TEST(Random, NormalHasMeanZeroAndVarianceOne)
{
    Random random(7);
    double sum = 0, squares = 0;
    constexpr int kDraws = 100'000;
    for (int i = 0; i < kDraws; ++i) {
        const double value = random.normal();
        sum += value;
        squares += value * value;
    }

    EXPECT_NEAR(sum / kDraws, 0.0, 0.02);
    EXPECT_NEAR(squares / kDraws, 1.0, 0.03);
}

} // namespace
} // namespace vitrine
