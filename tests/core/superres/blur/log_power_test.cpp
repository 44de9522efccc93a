#include "core/superres/blur/log_power.h"

#include "tests/core/superres/pictures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>

namespace vitrine::superres
{
namespace
{

constexpr double kPi = std::numbers::pi;

LumaPlane wave(double right, double down)
{
    LumaPlane plane{64, 64, {}};
    for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 64; ++x)
            plane.values.push_back(100 + 10 * std::cos(2 * kPi * (right * x + down * y)));
    return plane;
}

std::size_t strongest(const LogPower& power)
{
    std::size_t best = 0;
    for (std::size_t i = 0; i < power.size(); ++i)
        if (power[i] > power[best] || std::isnan(power[best]))
            best = i;
    return best;
}

TEST(LogPower, SortsWavesByFrequencyAndDirection)
{
    // Ring: frequency times 32; direction: eighths of half a turn from "right" to "down".
    EXPECT_EQ(strongest(logPower(wave(5.5 / 32, 0), 1e-9)), 5u * 8 + 0);
    EXPECT_EQ(strongest(logPower(wave(0, 9.5 / 32), 1e-9)), 9u * 8 + 4);
    const double diagonal = 7.5 / 32 / std::numbers::sqrt2;
    EXPECT_EQ(strongest(logPower(wave(diagonal, diagonal), 1e-9)), 7u * 8 + 2);
    EXPECT_EQ(strongest(logPower(wave(diagonal, -diagonal), 1e-9)), 7u * 8 + 6);
}

// The transform by its definition.
TEST(LogPower, IsTheMeanPowerOfTheWindowedPlane)
{
    const Picture noise = tests::noisePicture(12, 10, 1);
    const LumaPlane plane{12, 10, {noise.values.begin(), noise.values.end()}};
    double mean = 0, energy = 0;
    for (const double value : plane.values)
        mean += value / 120;
    std::array<double, kRings * kDirections> sum{}, count{};
    for (int v = -4; v <= 5; ++v)
        for (int u = -5; u <= 6; ++u) {
            std::complex<double> total = 0;
            energy = 0;
            for (int y = 0; y < 10; ++y)
                for (int x = 0; x < 12; ++x) {
                    const double window = std::pow(
                        std::sin(kPi * (x + 0.5) / 12) * std::sin(kPi * (y + 0.5) / 10), 2);
                    energy += window * window;
                    total += window * (plane.values[static_cast<std::size_t>(y * 12 + x)] - mean) *
                             std::polar(1.0, -2 * kPi * (u * x / 12.0 + v * y / 10.0));
                }
            const double right = u / 12.0, down = v / 10.0, radius = std::hypot(right, down);
            if (radius == 0 || radius >= 0.5)
                continue;
            const double turn = std::atan2(down, right) / kPi * 8;
            const auto bin =
                static_cast<std::size_t>(static_cast<int>(radius * 32) * 8 +
                                         (static_cast<int>(std::floor(turn + 0.5)) + 16) % 8);
            sum[bin] += std::norm(total);
            count[bin] += 1;
        }
    const LogPower power = logPower(plane, 0.25);
    for (std::size_t i = 0; i < power.size(); ++i)
        if (count[i] > 0)
            EXPECT_NEAR(power[i], std::log(sum[i] / count[i] / energy + 0.25), 1e-9) << i;
        else
            EXPECT_TRUE(std::isnan(power[i])) << i;
}

TEST(LogPower, DoesNotCountACommonFactor)
{
    LogPower a{}, b{};
    a[3] = 2.0;
    for (std::size_t i = 0; i < b.size(); ++i)
        b[i] = a[i] + 5.0;
    b[7] = std::nan("");
    EXPECT_NEAR(shapeDistance(a, b), 0.0, 1e-12);
    b[0] += 1.0; // of 127: mean 1/127, mean square 1/127
    EXPECT_NEAR(shapeDistance(a, b), 1.0 / 127 - 1.0 / 127 / 127, 1e-12);
}

} // namespace
} // namespace vitrine::superres
