#include "core/base/front.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace vitrine
{
namespace
{

TEST(ParetoFront, HoldsWhatNothingBeats)
{
    const std::vector<double> latency = {1, 2, 2, 3, 4}, energy = {9, 5, 5, 6, 1};

    EXPECT_EQ(paretoFront(latency, energy), (std::vector<bool>{true, true, false, false, true}));
    EXPECT_TRUE(paretoFront({}, {}).empty());
}

TEST(ParetoFront, HoldsNothingThatIsNotANumber)
{
    const double nan = std::numeric_limits<double>::quiet_NaN();

    EXPECT_EQ(paretoFront(std::vector<double>{nan, 1, 0}, std::vector<double>{0, 1, nan}),
              (std::vector<bool>{false, true, false}));
}

// Every point against every other.
TEST(ParetoFront, IsWhatComparingAllPairsGives)
{
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        std::vector<double> a, b;
        for (int i = 0; i < 12; ++i) {
            a.push_back(static_cast<double>(random() % 6));
            b.push_back(static_cast<double>(random() % 6));
        }
        const auto front = paretoFront(a, b);
        for (std::size_t i = 0; i < a.size(); ++i) {
            bool beaten = false;
            for (std::size_t j = 0; j < a.size(); ++j)
                beaten |=
                    j != i && a[j] <= a[i] && b[j] <= b[i] && (a[j] < a[i] || b[j] < b[i] || j < i);
            EXPECT_EQ(front[i], !beaten);
        }
    }
}

} // namespace
} // namespace vitrine
