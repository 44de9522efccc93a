#include "core/tensor/kernels/log_softmax.h"

#include "tests/support/whole_numbers.h"

#include <algorithm>
#include <cmath>

namespace vitrine::kernels
{
namespace
{

using tests::expectEverywhere, tests::randomBytes;

// P²-ViT's exponentials of whole numbers x * 2^-fraction, with n = 32.
std::vector<std::int64_t> exponentials(int fraction)
{
    const double a = 0.35815147, b = 0.96963238 / a, c = 1 / a, scale = std::ldexp(1.0, -fraction);
    const auto bi = static_cast<std::int64_t>(std::floor(b / scale)),
               ci = static_cast<std::int64_t>(std::floor(c / scale / scale)),
               li = static_cast<std::int64_t>(std::floor(-0.6931 / scale));
    std::vector<std::int64_t> all;
    for (std::int64_t d = 0; d < 256; ++d) {
        const std::int64_t x = std::max(-d, 32 * li), q = x / li, r = x - q * li;
        all.push_back(std::max<std::int64_t>(0, (r * (r + bi) + ci) << (32 - q)));
    }
    return all;
}

int plainCode(std::int64_t sum, std::int64_t e)
{
    if (e == 0)
        return LogSoftmax::kNoWeight;
    std::int64_t t = sum / e;
    const std::int64_t rest = sum % e;
    if (rest > e - rest || (rest == e - rest && t % 2 == 1))
        ++t;
    int code = 0;
    while (t >> (code + 1) > 0)
        ++code;
    const std::int64_t power = std::int64_t{1} << code;
    if (2 * (t - power) >= power)
        ++code;
    return std::min<int>(code, LogSoftmax::kNoWeight);
}

std::vector<std::uint8_t> plainCodes(const std::vector<std::int64_t>& e,
                                     const std::vector<std::int8_t>& scores, std::int64_t columns,
                                     std::int64_t stride)
{
    std::vector<std::uint8_t> codes(scores.size(), 99);
    for (std::size_t row = 0; row < scores.size(); row += static_cast<std::size_t>(stride)) {
        const auto end = row + static_cast<std::size_t>(columns);
        int most = -128;
        for (std::size_t i = row; i < end; ++i)
            most = std::max<int>(most, scores[i]);
        std::int64_t sum = 0;
        for (std::size_t i = row; i < end; ++i)
            sum += e[static_cast<std::size_t>(most - scores[i])];
        for (std::size_t i = row; i < end; ++i)
            codes[i] = static_cast<std::uint8_t>(
                plainCode(sum, e[static_cast<std::size_t>(most - scores[i])]));
    }
    return codes;
}

std::vector<std::uint8_t> fastCodes(const LogSoftmax& softmax,
                                    const std::vector<std::int8_t>& scores, std::int64_t stride)
{
    std::vector<std::uint8_t> codes(scores.size(), 99);
    softmax.run(scores.data(), static_cast<std::int64_t>(scores.size()) / stride, stride,
                codes.data());
    return codes;
}

TEST(LogSoftmax, GivesTheCodesOfTheSpecification)
{
    const std::vector<std::int8_t> fine{40, 24, 0, -16}, coarse{20, 20, 12, -30};

    EXPECT_EQ(exponentials(4)[16], 1198295875584);
    EXPECT_EQ(fastCodes(LogSoftmax::make(exponentials(4), 4).value(), fine, 4),
              (std::vector<std::uint8_t>{1, 2, 4, 5}));
    EXPECT_EQ(fastCodes(LogSoftmax::make(exponentials(3), 4).value(), coarse, 4),
              (std::vector<std::uint8_t>{1, 1, 3, 10}));
}

TEST(LogSoftmax, EqualsDivisionAndRoundingOfEachScore)
{
    Random random(4);
    for (const int fraction : {0, 1, 2, 3, 4, 5, 6, 8})
        for (const std::int64_t columns : {1, 2, 15, 50, 64, 197, 300})
            for (const std::int64_t spread : {1, 4, 20}) {
                SCOPED_TRACE(columns);
                const auto e = exponentials(fraction);
                const std::int64_t stride = columns + 2;
                auto scores = randomBytes(40 * stride, random);
                for (auto& score : scores)
                    score = static_cast<std::int8_t>(score / spread);
                const auto softmax = LogSoftmax::make(e, columns).value();
                auto expected = plainCodes(e, scores, columns, stride);

                expectEverywhere(expected, [&] { return fastCodes(softmax, scores, stride); });
            }
}

// Sums at which a ratio is half-way between whole numbers, and beside them.
TEST(LogSoftmax, RoundsHalfToEven)
{
    std::vector<std::int64_t> e(256);
    for (std::size_t d = 0; d < e.size(); ++d)
        e[d] = d < 40 ? static_cast<std::int64_t>(2 * (40 - d)) : d < 45 ? 1 : 0;
    Random random(9);
    for (std::int64_t columns = 1; columns < 60; ++columns) {
        std::vector<std::int8_t> scores;
        for (std::int64_t i = 0; i < 50 * columns; ++i)
            scores.push_back(static_cast<std::int8_t>(random.below(50)));
        EXPECT_EQ(fastCodes(LogSoftmax::make(e, columns).value(), scores, columns),
                  plainCodes(e, scores, columns, columns));
    }
}

TEST(LogSoftmax, RefusesExponentialsThatRiseOrOverflow)
{
    auto e = exponentials(4);
    EXPECT_TRUE(LogSoftmax::make(e, 197));
    EXPECT_FALSE(LogSoftmax::make(std::span(e).first(255), 197));
    EXPECT_FALSE(LogSoftmax::make(e, std::int64_t{1} << 31));
    EXPECT_FALSE(LogSoftmax::make(e, 0));
    e[7] = e[6] + 1;
    EXPECT_FALSE(LogSoftmax::make(e, 197));
}

} // namespace
} // namespace vitrine::kernels
