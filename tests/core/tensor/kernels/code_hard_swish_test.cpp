#include "core/tensor/kernels/code_hard_swish.h"

#include "tests/support/whole_numbers.h"

#include <algorithm>

namespace vitrine::kernels
{
namespace
{

using tests::expectEverywhere;

// The definition, number by number.
std::int64_t plainHardSwish(std::int64_t x, int fraction)
{
    const std::int64_t one = std::int64_t{1} << fraction;
    return (x * std::clamp<std::int64_t>(x + 3 * one, 0, 6 * one) * CodeHardSwish::kSixth +
            (1 << 15)) >>
           16;
}

TEST(CodeHardSwish, EqualsItsDefinitionForAllNumbersOf16Bits)
{
    constexpr std::int64_t kRows = 65536;
    for (const int fraction : {0, 5, 13})
        for (const std::int64_t channels : {1, 3, 8, 16, 21}) {
            SCOPED_TRACE(fraction);
            Random random(static_cast<std::uint64_t>(channels));
            const CodeRange range{-128, 127, -37};
            std::vector<std::int32_t> centres;
            std::vector<SumFactor> factors;
            for (std::int64_t c = 0; c < channels; ++c) {
                centres.push_back(static_cast<std::int32_t>(random.below(1u << 31)) -
                                  (1 << 30) / (c % 2 == 0 ? 1 : 1024));
                centres.back() = std::clamp(centres.back(), -(1 << 30), 1 << 30);
                factors.push_back({static_cast<std::int64_t>((1u << 30) + random.below(1u << 30)),
                                   30 + 2 * fraction});
            }
            const std::int64_t rows = kRows / channels + 1;
            std::vector<std::int16_t> x;
            std::vector<std::int8_t> expected;
            for (std::int64_t i = 0; i < rows * channels; ++i) {
                const auto c = static_cast<std::size_t>(i % channels);
                x.push_back(static_cast<std::int16_t>(i - 32768));
                expected.push_back(static_cast<std::int8_t>(requantizedSum(
                    plainHardSwish(x.back(), fraction) - centres[c], factors[c], range)));
            }
            const auto unit = CodeHardSwish::make(fraction, centres, factors, range);
            ASSERT_TRUE(unit) << unit.error().message;
            expectEverywhere(expected, [&] {
                std::vector<std::int8_t> y(expected.size());
                unit->run(x.data(), rows, y.data());
                return y;
            });
        }
}

TEST(CodeHardSwish, RefusesWhatItCannotHold)
{
    const std::vector<std::int32_t> centres{0, 5}, large{0, (1 << 30) + 1};
    const SumFactor factor{1 << 30, 40};
    EXPECT_TRUE(CodeHardSwish::make(8, centres, {&factor, 1}, {}));
    EXPECT_FALSE(CodeHardSwish::make(14, centres, {&factor, 1}, {}));
    EXPECT_FALSE(CodeHardSwish::make(8, large, {&factor, 1}, {}));
    EXPECT_FALSE(CodeHardSwish::make(8, centres, {&factor, 1}, {-200, 200}));
    const std::vector<SumFactor> three(3, factor);
    EXPECT_FALSE(CodeHardSwish::make(8, centres, three, {}));
}

} // namespace
} // namespace vitrine::kernels
