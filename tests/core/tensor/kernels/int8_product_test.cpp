#include "core/tensor/kernels/int8_product.h"

#include "tests/support/whole_numbers.h"

#include <algorithm>
#include <numeric>

namespace vitrine::kernels
{
namespace
{

using tests::expectEverywhere, tests::randomBytes;

struct RandomLayer {
    std::int64_t outputs = 0, inputs = 0, rows = 0, stride = 0;
    std::vector<std::int8_t> codes, x;
    std::vector<std::int32_t> bias;

    RandomLayer(std::int64_t outputsOf, std::int64_t inputsOf, std::int64_t rowsOf)
        : outputs(outputsOf), inputs(inputsOf), rows(rowsOf), stride(inputsOf + 3)
    {
        Random random(static_cast<std::uint64_t>(outputs * 31 + inputs * 7 + rows));
        codes = randomBytes(outputs * inputs, random);
        x = randomBytes(rows * stride, random);
        for (std::int64_t o = 0; o < outputs; ++o)
            bias.push_back(static_cast<std::int32_t>(random.below(2'000'000)) - 1'000'000);
    }
    Int8Layer layer() const { return {outputs, inputs, codes.data(), bias.data()}; }
    std::int64_t sum(std::int64_t row, std::int64_t output) const
    {
        std::int64_t sum = bias[static_cast<std::size_t>(output)];
        for (std::int64_t i = 0; i < inputs; ++i)
            sum += std::int64_t{x[static_cast<std::size_t>(row * stride + i)]} *
                   codes[static_cast<std::size_t>(output * inputs + i)];
        return sum;
    }
    // What becomes of all sums; rows are two values longer than there are outputs.
    template <class Value, class Become>
    std::vector<Value> plain(const Become& become) const
    {
        std::vector<Value> values(static_cast<std::size_t>(rows * (outputs + 2)), Value{77});
        for (std::int64_t r = 0; r < rows; ++r)
            for (std::int64_t o = 0; o < outputs; ++o)
                values[static_cast<std::size_t>(r * (outputs + 2) + o)] =
                    static_cast<Value>(become(sum(r, o), static_cast<std::size_t>(o)));
        return values;
    }
    template <class Value>
    void expect(const Int8Product& product, const std::vector<Value>& expected) const
    {
        expectEverywhere(expected, [&] {
            std::vector<Value> y(expected.size(), Value{77});
            product.run(x.data(), rows, stride, y.data(), outputs + 2);
            return y;
        });
    }
};

const RandomLayer kLayers[] = {{1, 1, 1},   {10, 3, 1},   {16, 4, 6},    {17, 5, 7},  {64, 64, 13},
                               {33, 50, 2}, {192, 30, 5}, {300, 67, 50}, {70, 9, 197}};

TEST(Int8Product, SumsAreExact)
{
    for (const RandomLayer& l : kLayers) {
        SCOPED_TRACE(l.outputs);
        l.expect(Int8Product::make(l.layer()).value(),
                 l.plain<std::int32_t>([](std::int64_t sum, std::size_t) { return sum; }));
    }
}

TEST(Int8Product, SumsOfTheLargestCodesAreExact)
{
    RandomLayer l(20, 1024, 9);
    std::ranges::fill(l.x, std::int8_t{-128});
    for (std::size_t i = 0; i < l.codes.size(); ++i)
        l.codes[i] = i / 1024 % 2 == 0 ? std::int8_t{-128} : std::int8_t{127};

    l.expect(Int8Product::make(l.layer()).value(),
             l.plain<std::int32_t>([](std::int64_t sum, std::size_t) { return sum; }));
}

TEST(Int8Product, CodesAreSumsTimesOneFactorOfEachOutput)
{
    for (const RandomLayer& l : kLayers) {
        SCOPED_TRACE(l.outputs);
        Random random(5);
        // Shifts to the right alone, multipliers, and shifts of both directions.
        for (const int kind : {0, 1, 2}) {
            std::vector<SumFactor> factors;
            for (std::int64_t o = 0; o < l.outputs; ++o) {
                const auto shift = static_cast<int>(random.below(32));
                const auto multiplier =
                    static_cast<std::int64_t>((1u << 30) + random.below(1u << 30));
                factors.push_back(kind == 0   ? SumFactor{1, shift}
                                  : kind == 1 ? SumFactor{multiplier, 20 + shift * 42 / 31}
                                              : SumFactor{1, 2 * shift - 31});
            }
            const CodeRange bytes{-100, 127, kind == 0 ? 0 : -77},
                shorts{-32768, 32767, kind == 2 ? 255 : 0};
            l.expect(Int8Product::make(l.layer(), {factors, bytes}).value(),
                     l.plain<std::int8_t>([&](std::int64_t sum, std::size_t o) {
                         return requantizedSum(sum, factors[o], bytes);
                     }));
            l.expect(Int8Product::make(l.layer(), {factors, shorts}).value(),
                     l.plain<std::int16_t>([&](std::int64_t sum, std::size_t o) {
                         return requantizedSum(sum, factors[o], shorts);
                     }));
        }
    }
}

TEST(Int8Product, LooksCodesUpInATable)
{
    std::vector<std::int8_t> table(256);
    std::iota(table.begin(), table.end(), std::int8_t{-50}); // wraps around
    for (const RandomLayer& l : kLayers) {
        SCOPED_TRACE(l.outputs);
        const SumFactor factor{1, 9};
        l.expect(Int8Product::make(l.layer(), {{&factor, 1}, {}, table.data()}).value(),
                 l.plain<std::int8_t>([&](std::int64_t sum, std::size_t) {
                     return table[static_cast<std::size_t>(requantizedSum(sum, factor, {}) + 128)];
                 }));
    }
}

TEST(Int8Product, RefusesSumsBeyond32BitsAndTablesOfWiderCodes)
{
    const RandomLayer l(2, 4, 1);
    const std::vector<std::int32_t> large{0, 2'147'480'000};
    const SumFactor factor{1, 4};

    EXPECT_FALSE(Int8Product::make({2, 4, l.codes.data(), large.data()}));
    EXPECT_FALSE(Int8Product::make(l.layer(), {{&factor, 1}, {-300, 300}, l.x.data()}));
    EXPECT_TRUE(Int8Product::make(l.layer(), {{&factor, 1}, {-300, 300}}));
}

} // namespace
} // namespace vitrine::kernels
