#include "core/tensor/kernels/code_sums.h"

#include "tests/support/whole_numbers.h"

namespace vitrine::kernels
{
namespace
{

using tests::expectEverywhere, tests::randomBytes;

TEST(CodeSum, AddsCodesOfTwoGridsWithFactorsOfEachColumn)
{
    Random random(3);
    for (const std::int64_t columns : {1, 15, 16, 50, 192, 200})
        for (const std::int64_t rows : {1, 7, 197}) {
            SCOPED_TRACE(columns);
            const auto a = randomBytes(rows * columns, random),
                       b = randomBytes(rows * columns, random);
            std::vector<std::int32_t> aFactors, bFactors, bias;
            std::vector<SumFactor> after;
            for (std::int64_t c = 0; c < columns; ++c) {
                aFactors.push_back(1 << random.below(8));
                bFactors.push_back(-(1 << random.below(8)));
                bias.push_back(static_cast<std::int32_t>(random.below(2000)) - 1000);
                after.push_back({1, static_cast<int>(random.below(12)) - 1});
            }
            std::vector<std::int8_t> sums, alone;
            for (std::size_t i = 0; i < a.size(); ++i) {
                const std::size_t c = i % static_cast<std::size_t>(columns);
                const std::int64_t sum = std::int64_t{a[i]} * aFactors[c] + bias[c];
                alone.push_back(
                    static_cast<std::int8_t>(requantizedSum(sum, after[c], {-9, 90, 12})));
                sums.push_back(static_cast<std::int8_t>(
                    requantizedSum(sum + std::int64_t{b[i]} * bFactors[c], after[c], {})));
            }
            const auto both = CodeSum::make({aFactors, bFactors, bias}, after, {}).value();
            const auto one = CodeSum::make({aFactors, {}, bias}, after, {-9, 90, 12}).value();

            expectEverywhere(sums, [&] {
                std::vector<std::int8_t> y = a;
                both.run(y.data(), b.data(), rows, y.data());
                return y;
            });
            expectEverywhere(alone, [&] {
                std::vector<std::int8_t> y(a.size());
                one.run(a.data(), nullptr, rows, y.data());
                return y;
            });
        }
}

TEST(CodeSum, RefusesSumsBeyond32Bits)
{
    const std::vector<std::int32_t> large{1 << 24}, small{1 << 10}, two{1, 2};
    const SumFactor after{1, 20};

    EXPECT_FALSE(CodeSum::make({large, {}, {}}, {&after, 1}, {}));
    EXPECT_FALSE(CodeSum::make({small, two, {}}, {&after, 1}, {}));
    EXPECT_FALSE(CodeSum::make({small, {}, {}}, {&after, 1}, {-200, 200}));
    EXPECT_TRUE(CodeSum::make({small, {}, {}}, {&after, 1}, {}));
}

} // namespace
} // namespace vitrine::kernels
