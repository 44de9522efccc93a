#include "core/tensor/kernels/code_heads.h"

#include "tests/support/whole_numbers.h"

#include <algorithm>

namespace vitrine::kernels
{
namespace
{

using tests::expectEverywhere, tests::randomBytes;

// Queries, keys and values of one head as columns of a wider matrix.
struct Head {
    LinearHeadShape shape;
    std::int64_t stride = 0;
    std::vector<std::int8_t> keys = {}, values = {}, context = {};
    std::int32_t keyZero = 0, valueZero = 0;

    std::int64_t key(std::int64_t token, std::int64_t i) const
    {
        return std::max(keys[static_cast<std::size_t>(token * stride + i)] - keyZero, 0);
    }
    std::int64_t value(const std::vector<std::int8_t>& codes, std::int64_t row, std::int64_t width,
                       std::int64_t j) const
    {
        return codes[static_cast<std::size_t>(row * width + j)] - valueZero;
    }
};

Head randomHead(const LinearHeadShape& shape, Random& random)
{
    Head head{.shape = shape, .stride = std::max(shape.dim, shape.columns) + 3};
    head.keys = randomBytes(shape.tokens * head.stride, random);
    head.values = randomBytes(shape.tokens * head.stride, random);
    head.context = randomBytes(shape.dim * shape.columns, random);
    head.keyZero = static_cast<std::int32_t>(random.below(256)) - 128;
    head.valueZero = static_cast<std::int32_t>(random.below(256)) - 128;
    return head;
}

constexpr CodeRange kRange{-100, 127, -7};

SumRequantizer requantizer(SumFactor factor, const Head& head)
{
    const std::int64_t most = 255 * 255 * std::max(head.shape.tokens, head.shape.dim);
    return SumRequantizer::make({&factor, 1}, head.shape.columns, most, kRange).value();
}

std::vector<LinearHeadShape> shapes()
{
    std::vector<LinearHeadShape> all;
    for (const std::int64_t tokens : {1, 3, 49, 64})
        for (const std::int64_t dim : {1, 5, 16, 32})
            for (const std::int64_t columns : {1, 16, 17, 32})
                all.push_back({tokens, dim, columns});
    return all;
}

TEST(CodeHeads, AContextIsThatOfThePlainLoops)
{
    Random random(5);
    const SumFactor factor{1'340'000'003, 44};
    for (const LinearHeadShape& s : shapes()) {
        const Head head = randomHead(s, random);
        const SumRequantizer by = requantizer(factor, head);
        std::vector<std::int8_t> expected;
        for (std::int64_t i = 0; i < s.dim; ++i)
            for (std::int64_t j = 0; j < s.columns; ++j) {
                std::int64_t sum = 0;
                for (std::int64_t t = 0; t < s.tokens; ++t)
                    sum += head.key(t, i) * head.value(head.values, t, head.stride, j);
                expected.push_back(static_cast<std::int8_t>(requantizedSum(sum, factor, kRange)));
            }

        expectEverywhere(expected, [&] {
            std::vector<std::int8_t> y(expected.size());
            codeContext(s, {head.keys.data(), head.stride, head.keyZero},
                        {head.values.data(), head.stride, head.valueZero}, by, y.data());
            return y;
        });
    }
}

TEST(CodeHeads, ALookupIsThatOfThePlainLoopsAndWritesNothingBeside)
{
    Random random(6);
    const SumFactor factor{1'073'741'827, 43};
    for (const LinearHeadShape& s : shapes()) {
        const Head head = randomHead(s, random);
        const SumRequantizer by = requantizer(factor, head);
        const std::int64_t yStride = s.columns + 2;
        std::vector<std::int8_t> expected(static_cast<std::size_t>(s.tokens * yStride), 99);
        for (std::int64_t t = 0; t < s.tokens; ++t)
            for (std::int64_t j = 0; j < s.columns; ++j) {
                std::int64_t sum = 0;
                for (std::int64_t i = 0; i < s.dim; ++i)
                    sum += head.key(t, i) * head.value(head.context, i, s.columns, j);
                expected[static_cast<std::size_t>(t * yStride + j)] =
                    static_cast<std::int8_t>(requantizedSum(sum, factor, kRange));
            }

        expectEverywhere(expected, [&] {
            std::vector<std::int8_t> y(expected.size(), 99);
            codeLookup(s, {head.keys.data(), head.stride, head.keyZero},
                       {head.context.data(), s.columns, head.valueZero}, by, y.data(), yStride);
            return y;
        });
    }
}

} // namespace
} // namespace vitrine::kernels
