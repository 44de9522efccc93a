#include "core/tensor/kernels/real_codes.h"

#include "tests/support/whole_numbers.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vitrine::kernels
{
namespace
{

using tests::expectEverywhere;

std::int8_t plainRealCode(float x, const RealGrid& grid)
{
    if (std::isnan(x))
        return 0;
    const double steps = static_cast<double>(x) / grid.scale + grid.zero;
    const double below = std::floor(steps), whole = steps - below >= 0.5 ? below + 1 : below;
    return static_cast<std::int8_t>(std::clamp<double>(whole, grid.range.low, grid.range.high));
}

void expectPlainCodes(const std::vector<float>& x, const RealGrid& grid)
{
    std::vector<std::int8_t> expected;
    for (const float value : x)
        expected.push_back(plainRealCode(value, grid));
    expectEverywhere(expected, [&] {
        std::vector<std::int8_t> codes(x.size());
        realCodes(x, grid, codes.data());
        return codes;
    });
}

// Multiples of half a step and the numbers beside them, beyond both ends too.
std::vector<float> nearHalves(double scale)
{
    std::vector<float> all;
    for (int halves = -600; halves <= 600; ++halves) {
        const auto x = static_cast<float>(halves * 0.5 * scale);
        all.insert(all.end(), {x, std::nextafterf(x, -1e30f), std::nextafterf(x, 1e30f)});
    }
    return all;
}

TEST(RealCodes, HalvesGoUpAndTheRangeEnds)
{
    const std::vector<float> x{0.24f, 0.25f, -0.25f, -0.26f, 0.75f, -0.75f, 1e30f, -1e30f};
    std::vector<std::int8_t> codes(x.size());
    realCodes(x, {.scale = 0.5}, codes.data());

    EXPECT_EQ(codes, (std::vector<std::int8_t>{0, 1, 0, -1, 2, -1, 127, -128}));
}

TEST(RealCodes, EqualThePlainFormulaAtHalves)
{
    for (const double scale : {1.0, 0x1p-5, 0x1p-7, 0.3, 0.017, 0x1p-60, 0x1p+60})
        for (const RealGrid& grid :
             {RealGrid{scale}, RealGrid{scale, 5, {-8, 7}}, RealGrid{scale, -128, {-128, 127}}})
            expectPlainCodes(nearHalves(scale), grid);
}

TEST(RealCodes, EqualThePlainFormulaForAllCounts)
{
    Random random(5);
    for (const std::size_t count : std::vector<std::size_t>{0, 1, 2, 7, 8, 9, 63, 3072, 40'001}) {
        std::vector<float> x;
        for (std::size_t i = 0; i < count; ++i)
            x.push_back(static_cast<float>(2 * random.normal()));
        expectPlainCodes(x, {.scale = 0x1p-5});
        expectPlainCodes(x, {.scale = 0.0197});
    }
}

TEST(RealCodes, EqualThePlainFormulaForNumbersThatAreNone)
{
    using Float = std::numeric_limits<float>;
    const std::vector<float> x{Float::infinity(),
                               -Float::infinity(),
                               Float::quiet_NaN(),
                               -Float::quiet_NaN(),
                               Float::max(),
                               Float::lowest(),
                               Float::denorm_min(),
                               -Float::denorm_min(),
                               Float::min(),
                               -Float::min(),
                               0.0f,
                               -0.0f,
                               2147483648.0f,
                               -2147483904.0f,
                               4294967296.0f};
    for (const double scale : {1.0, 0x1p-5, 0.3, 1e-30})
        for (const RealGrid& grid : {RealGrid{scale}, RealGrid{scale, 3, {2, 9}}})
            expectPlainCodes(x, grid);
}

} // namespace
} // namespace vitrine::kernels
