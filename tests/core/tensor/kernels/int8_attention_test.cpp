#include "core/tensor/kernels/int8_scores.h"
#include "core/tensor/kernels/shifted_values.h"

#include "tests/support/whole_numbers.h"

#include <algorithm>

namespace vitrine::kernels
{
namespace
{

using tests::expectEverywhere, tests::randomBytes;

// Queries, keys and values side by side, as one product leaves them.
struct RandomHeads {
    Int8HeadsShape shape;
    std::int64_t stride = 0, width = 0, codeStride = 0;
    std::vector<std::int8_t> rows;
    std::vector<std::uint8_t> codes; // of weights

    explicit RandomHeads(Int8HeadsShape of)
        : shape(of),
          stride(3 * of.heads * of.headSize),
          width(of.heads * of.headSize),
          codeStride(of.keys + 5)
    {
        Random random(static_cast<std::uint64_t>(of.keys * 100 + of.headSize));
        rows = randomBytes(std::max(of.queries, of.keys) * stride, random);
        for (std::int64_t i = 0; i < of.heads * of.queries * codeStride; ++i) {
            const auto code = random.below(18);
            codes.push_back(code == 17 ? std::uint8_t{255} : static_cast<std::uint8_t>(code));
        }
    }
    Int8Heads part(std::int64_t which) const { return {rows.data() + which * width, stride}; }
    std::int64_t code(std::int64_t which, std::int64_t head, std::int64_t row, std::int64_t d) const
    {
        return part(which).codes[row * stride + head * shape.headSize + d];
    }
    std::int64_t score(std::int64_t head, std::int64_t query, std::int64_t key) const
    {
        std::int64_t sum = 0;
        for (std::int64_t d = 0; d < shape.headSize; ++d)
            sum += code(0, head, query, d) * code(1, head, key, d);
        return sum;
    }
    std::int64_t value(std::int64_t head, std::int64_t query, std::int64_t d) const
    {
        std::int64_t sum = 0;
        for (std::int64_t key = 0; key < shape.keys; ++key) {
            const int code =
                codes[static_cast<std::size_t>((head * shape.queries + query) * codeStride + key)];
            sum += code > 15 ? 0 : this->code(2, head, key, d) * (std::int64_t{1} << (15 - code));
        }
        return sum;
    }
};

const Int8HeadsShape kShapes[] = {{1, 1, 1, 1},   {2, 5, 3, 7},    {8, 16, 50, 50},
                                  {3, 64, 9, 66}, {1, 80, 50, 13}, {2, 20, 3, 511}};

TEST(Int8Scores, AreProductsOfQueriesAndKeysAsCodes)
{
    for (const Int8HeadsShape& shape : kShapes)
        for (const SumFactor factor : {SumFactor{1, 9}, SumFactor{1'900'000'000, 39}}) {
            const RandomHeads heads(shape);
            const auto by = SumRequantizer::make({&factor, 1}, shape.keys, shape.mostScore(), {});
            const std::int64_t stride = shape.keys + 3;
            std::vector<std::int8_t> expected(
                static_cast<std::size_t>(shape.heads * shape.queries * stride), 99);
            for (std::int64_t h = 0; h < shape.heads; ++h)
                for (std::int64_t r = 0; r < shape.queries; ++r)
                    for (std::int64_t j = 0; j < shape.keys; ++j)
                        expected[static_cast<std::size_t>((h * shape.queries + r) * stride + j)] =
                            static_cast<std::int8_t>(
                                requantizedSum(heads.score(h, r, j), factor, {}));

            expectEverywhere(expected, [&] {
                std::vector<std::int8_t> scores(expected.size(), 99);
                int8Scores(shape, heads.part(0), heads.part(1), *by, scores.data(), stride);
                return scores;
            });
        }
}

void expectValues(const RandomHeads& heads, SumFactor factor, CodeRange range)
{
    const Int8HeadsShape& shape = heads.shape;
    const auto values = ShiftedValues::make(shape, factor, range).value();
    const std::int64_t stride = heads.width + 1;
    std::vector<std::int8_t> expected(static_cast<std::size_t>(shape.queries * stride), 99);
    for (std::int64_t h = 0; h < shape.heads; ++h)
        for (std::int64_t r = 0; r < shape.queries; ++r)
            for (std::int64_t d = 0; d < shape.headSize; ++d)
                expected[static_cast<std::size_t>(r * stride + h * shape.headSize + d)] =
                    static_cast<std::int8_t>(requantizedSum(heads.value(h, r, d), factor, range));

    expectEverywhere(expected, [&] {
        std::vector<std::int8_t> y(expected.size(), 99);
        values.run(heads.codes.data(), heads.codeStride, heads.part(2), y.data(), stride);
        return y;
    });
}

TEST(ShiftedValues, AreShiftedByTheCodesOfTheirWeights)
{
    for (const Int8HeadsShape& shape : kShapes) {
        SCOPED_TRACE(shape.keys);
        const RandomHeads heads(shape);
        expectValues(heads, {1, 17}, {});
        expectValues(heads, {1, 9}, {-127, 127});
        expectValues(heads, {1'500'000'000, 47}, {});
    }
}

TEST(ShiftedValues, AreExactAtTheLargestSums)
{
    RandomHeads heads({1, 17, 4, 511});
    std::ranges::fill(heads.codes, std::uint8_t{0});
    std::ranges::fill(heads.rows, std::int8_t{-128});
    expectValues(heads, {1, 24}, {});
}

TEST(ShiftedValues, OfManyKeysHaveSumsOfMoreThan32Bits)
{
    RandomHeads heads({2, 16, 3, 700});
    std::ranges::fill(heads.codes, std::uint8_t{1});
    expectValues(heads, {1, 20}, {});
    std::ranges::fill(heads.rows, std::int8_t{127});
    std::ranges::fill(heads.codes, std::uint8_t{0});
    expectValues(heads, {1, 25}, {});

    EXPECT_FALSE(ShiftedValues::make({1, 16, 1, 700}, {1 << 30, 40}, {}));
    EXPECT_FALSE(ShiftedValues::make({1, 16, 1, 70'000}, {1, 40}, {}));
    EXPECT_FALSE(ShiftedValues::make({1, 16, 1, 7}, {1, 20}, {-200, 200}));
}

} // namespace
} // namespace vitrine::kernels
