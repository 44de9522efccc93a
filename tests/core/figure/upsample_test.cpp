#include "core/figure/upsample.h"

#include "core/figure/not_finite.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace vitrine::figure
{
namespace
{

using testing::ElementsAre;

// Keys' cubic convolution kernel with a = -1/2, as the paper has it.
double kernel(double distance)
{
    const double s = std::abs(distance);
    if (s <= 1)
        return 1.5 * s * s * s - 2.5 * s * s + 1;
    return s < 2 ? -0.5 * s * s * s + 2.5 * s * s - 4 * s + 2 : 0;
}

double hat(double distance)
{
    return std::max(0.0, 1 - std::abs(distance));
}

// Every cell, those beyond the border as the border's, weighed by its distance; held within those
// that count.
template <typename Kernel>
double slowly(const std::vector<float>& values, int rows, int columns, double row, double column,
              Kernel weight)
{
    row = std::clamp(row, 0.0, rows - 1.0);
    column = std::clamp(column, 0.0, columns - 1.0);
    double sum = 0, least = 1e9, most = -1e9;
    for (int r = -2; r < rows + 2; ++r)
        for (int c = -2; c < columns + 2; ++c) {
            const double share = weight(row - r) * weight(column - c);
            if (share == 0)
                continue;
            const int cell = std::clamp(r, 0, rows - 1) * columns + std::clamp(c, 0, columns - 1);
            const double value = static_cast<double>(values[static_cast<std::size_t>(cell)]);
            sum += share * value;
            least = std::min(least, value);
            most = std::max(most, value);
        }
    return std::clamp(sum, least, most);
}

TEST(ValueBetween, IsTheWeightedSumOfItsNeighbours)
{
    std::mt19937 random(7);
    std::uniform_real_distribution<float> any(0, 1);
    for (int rows = 1; rows <= 5; ++rows)
        for (int columns = 1; columns <= 5; ++columns) {
            std::vector<float> values(static_cast<std::size_t>(rows * columns));
            std::ranges::generate(values, [&] { return any(random); });
            for (double row = -0.5; row <= rows - 0.5; row += 0.23)
                for (double column = -0.5; column <= columns - 0.5; column += 0.31) {
                    const auto at = [&](Upsampling upsampling) {
                        return static_cast<double>(
                            valueBetween(values, rows, columns, row, column, upsampling));
                    };
                    // float's last digit
                    EXPECT_NEAR(at(Upsampling::bilinear),
                                slowly(values, rows, columns, row, column, hat), 1e-6);
                    EXPECT_NEAR(at(Upsampling::bicubic),
                                slowly(values, rows, columns, row, column, kernel), 1e-6);
                }
        }
}

// A ramp is met by a cubic everywhere away from the border.
TEST(ValueBetween, FollowsARamp)
{
    const std::vector<float> ramp = {0, 1, 2, 3, 4, 5};

    EXPECT_FLOAT_EQ(valueBetween(ramp, 1, 6, 0, 2.25, Upsampling::bicubic), 2.25F);
    EXPECT_FLOAT_EQ(valueBetween(ramp, 1, 6, 0, 2.25, Upsampling::bilinear), 2.25F);
    EXPECT_EQ(valueBetween(ramp, 1, 6, 0, 2.25, Upsampling::nearest), 2.0F);
    EXPECT_EQ(valueBetween(ramp, 1, 6, 0, 2.5, Upsampling::nearest), 3.0F);
}

TEST(ValueBetween, GivesACellItsOwnValueAndTheBordersBeyondThem)
{
    const std::vector<float> values = {0, 9, 1, 4, 2, 8};
    for (const auto upsampling : {Upsampling::nearest, Upsampling::bilinear, Upsampling::bicubic}) {
        EXPECT_EQ(valueBetween(values, 2, 3, 1, 1, upsampling), 2.0F);
        EXPECT_EQ(valueBetween(values, 2, 3, -0.5, 1, upsampling), 9.0F);
        EXPECT_EQ(valueBetween(values, 2, 3, 7, 7, upsampling), 8.0F);
    }
}

// A weight is never less than nothing.
TEST(ValueBetween, DoesNotOvershoot)
{
    const std::vector<float> step = {0, 0, 0, 1, 1, 1};
    for (double x = 0; x <= 5; x += 0.1) {
        const float value = valueBetween(step, 1, 6, 0, x, Upsampling::bicubic);
        EXPECT_GE(value, 0.0F);
        EXPECT_LE(value, 1.0F);
    }
}

TEST(ValueBetween, LeavesCellsWithoutAValueAsTheyAre)
{
    const std::vector<float> values = {1, NAN, 3, 1, kNotFinite, 3};
    for (const auto upsampling : {Upsampling::nearest, Upsampling::bilinear, Upsampling::bicubic}) {
        EXPECT_TRUE(std::isnan(valueBetween(values, 2, 3, 0, 0.6, upsampling)));
        EXPECT_TRUE(isNotFinite(valueBetween(values, 2, 3, 1, 1.4, upsampling)));
        EXPECT_EQ(valueBetween(values, 2, 3, 0.4, 0.4, upsampling), 1.0F); // of its finite cells
    }
}

TEST(Upsampled, CoversTheWholeOfEveryCell)
{
    const std::vector<float> values = {0, 4};

    EXPECT_THAT(upsampled(values, 1, 2, 1, 4, Upsampling::nearest), ElementsAre(0, 0, 4, 4));
    EXPECT_THAT(upsampled(values, 1, 2, 1, 4, Upsampling::bilinear), ElementsAre(0, 1, 3, 4));
    EXPECT_THAT(upsampled(values, 2, 1, 2, 1, Upsampling::bilinear), ElementsAre(0, 4));
}

TEST(Upsampled, IsEmptyWhereThereIsNotAValueForEveryCell)
{
    const std::vector<float> three(3);
    EXPECT_THAT(upsampled(three, 2, 2, 4, 4, Upsampling::nearest), testing::IsEmpty());
    EXPECT_THAT(upsampled(three, 0, 2, 4, 4, Upsampling::nearest), testing::IsEmpty());
    EXPECT_THAT(upsampled(three, 1, 3, 0, 4, Upsampling::nearest), testing::IsEmpty());
    EXPECT_THAT(upsampled(three, std::int64_t{1} << 62, 8, 4, 4, Upsampling::nearest),
                testing::IsEmpty());
}

} // namespace
} // namespace vitrine::figure
