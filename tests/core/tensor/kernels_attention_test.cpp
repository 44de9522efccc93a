#include "core/tensor/kernels/attention.h"

#include "core/base/random.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace vitrine::kernels
{
namespace
{

struct PlainProblem {
    AttentionShape shape;
    std::vector<float> q, k, v;
};

PlainProblem randomPlainProblem(AttentionShape shape, double spread)
{
    Random random(11);
    PlainProblem p{.shape = shape, .q = {}, .k = {}, .v = {}};
    const auto fill = [&](std::vector<float>& values, std::int64_t count) {
        for (std::int64_t i = 0; i < count; ++i)
            values.push_back(static_cast<float>(spread * random.normal()));
    };
    const std::int64_t keys = shape.first + shape.queries;
    fill(p.q, shape.queries * shape.heads * shape.headSize);
    fill(p.k, keys * shape.kvHeads * shape.headSize);
    fill(p.v, keys * shape.kvHeads * shape.headSize);
    return p;
}

// The whole map of one head in double precision.
std::vector<double> wholeMap(const PlainProblem& p, std::int64_t head)
{
    const AttentionShape& s = p.shape;
    const std::int64_t keys = s.first + s.queries, keyHead = head * s.kvHeads / s.heads;
    std::vector<double> map(static_cast<std::size_t>(s.queries * keys));
    for (std::int64_t r = 0; r < s.queries; ++r) {
        const std::int64_t position = s.first + r,
                           low = s.window > 0 ? std::max<std::int64_t>(0, position - s.window + 1)
                                              : 0;
        std::vector<double> scores;
        for (std::int64_t j = low; j <= position; ++j) {
            double dot = 0;
            for (std::int64_t d = 0; d < s.headSize; ++d)
                dot += static_cast<double>(
                           p.q[static_cast<std::size_t>((r * s.heads + head) * s.headSize + d)]) *
                       p.k[static_cast<std::size_t>((j * s.kvHeads + keyHead) * s.headSize + d)];
            scores.push_back(dot * s.scale);
        }
        const double top = *std::ranges::max_element(scores);
        double sum = 0;
        for (const double x : scores)
            sum += std::exp(x - top);
        for (std::int64_t j = low; j <= position; ++j)
            map[static_cast<std::size_t>(r * keys + j)] =
                std::exp(scores[static_cast<std::size_t>(j - low)] - top) / sum;
    }
    return map;
}

void expectAgreement(const AttentionShape& s, double spread)
{
    SCOPED_TRACE(fmt::format("first {}, queries {}, window {}, head size {}, spread {}", s.first,
                             s.queries, s.window, s.headSize, spread));
    const PlainProblem p = randomPlainProblem(s, spread);
    const std::int64_t keys = s.first + s.queries, width = s.heads * s.headSize,
                       keyWidth = s.kvHeads * s.headSize;
    std::vector<float> out(p.q.size());
    std::vector<std::vector<float>> maps(
        static_cast<std::size_t>(s.heads),
        std::vector<float>(static_cast<std::size_t>(s.queries * keys)));
    std::vector<HeadTap> taps(maps.size());
    for (std::size_t h = 0; h < taps.size(); ++h)
        taps[h].map = maps[h].data();

    attend(s, {p.q.data(), s.headSize, width}, {p.k.data(), s.headSize, keyWidth},
           {p.v.data(), s.headSize, keyWidth}, {out.data(), s.headSize, width}, taps);

    for (std::int64_t head = 0; head < s.heads; ++head) {
        const auto expected = wholeMap(p, head);
        for (std::size_t i = 0; i < expected.size(); ++i)
            ASSERT_NEAR(maps[static_cast<std::size_t>(head)][i], expected[i], 1e-5)
                << "head " << head << " cell " << i;
        for (std::int64_t r = 0; r < s.queries; ++r)
            for (std::int64_t d = 0; d < s.headSize; ++d) {
                double sum = 0;
                for (std::int64_t j = 0; j < keys; ++j)
                    sum += expected[static_cast<std::size_t>(r * keys + j)] *
                           p.v[static_cast<std::size_t>(
                               (j * s.kvHeads + head * s.kvHeads / s.heads) * s.headSize + d)];
                ASSERT_NEAR(out[static_cast<std::size_t>((r * s.heads + head) * s.headSize + d)],
                            sum, 2e-5 * spread);
            }
    }
}

TEST(Attend, AgreesWithDoublePrecisionForOddShapes)
{
    for (const std::int64_t queries : {1, 2, 3, 4, 63, 65, 129})
        for (const std::int64_t first : {0, 1, 50, 127})
            for (const std::int64_t window : {0, 1, 3, 64, 100})
                expectAgreement({.heads = 4,
                                 .kvHeads = 2,
                                 .headSize = 6,
                                 .first = first,
                                 .queries = queries,
                                 .window = window,
                                 .scale = 0.4f},
                                1);
}

TEST(Attend, ScoresBeyondSinglePrecisionAreThoseOfDouble)
{
    for (const std::int64_t queries : {1, 3, 65})
        for (const std::int64_t window : {0, 5})
            expectAgreement({.heads = 4,
                             .kvHeads = 2,
                             .headSize = 6,
                             .first = 3,
                             .queries = queries,
                             .window = window,
                             .scale = 0.4f},
                            1e20);
}

struct PlainPass {
    std::vector<float> out;
    std::vector<float> map, columnSum, thumbnail; // of head 0
};

PlainPass passOver(const PlainProblem& p)
{
    const AttentionShape& s = p.shape;
    const std::int64_t keys = s.first + s.queries;
    PlainPass result;
    result.out.resize(p.q.size());
    result.map.resize(static_cast<std::size_t>(s.queries * keys));
    std::vector<HeadTap> taps(static_cast<std::size_t>(s.heads));
    taps[0].summary = true, taps[0].thumbnailSide = 10, taps[0].map = result.map.data();
    attend(s, {p.q.data(), s.headSize, s.heads * s.headSize},
           {p.k.data(), s.headSize, s.kvHeads * s.headSize},
           {p.v.data(), s.headSize, s.kvHeads * s.headSize},
           {result.out.data(), s.headSize, s.heads * s.headSize}, taps);
    result.columnSum = taps[0].columnSum, result.thumbnail = taps[0].thumbnail;
    return result;
}

// A key or a value that is no number: whoever sees it is none, nobody else is touched.
TEST(Attend, WhatIsNoNumberReachesThoseWhoSeeItAlone)
{
    constexpr std::int64_t kBad = 70;
    for (const std::int64_t window : {0, 9}) {
        const AttentionShape shape{.heads = 1,
                                   .kvHeads = 1,
                                   .headSize = 6,
                                   .queries = 150,
                                   .window = window,
                                   .scale = 0.4f};
        const PlainProblem clean = randomPlainProblem(shape, 1);
        const PlainPass expected = passOver(clean);
        for (const bool isKey : {true, false}) {
            PlainProblem bad = clean;
            (isKey ? bad.k : bad.v)[kBad * 6 + 2] = std::numeric_limits<float>::quiet_NaN();

            const PlainPass result = passOver(bad);

            for (std::int64_t r = 0; r < 150; ++r) {
                const bool sees = r >= kBad && (window == 0 || r < kBad + window);
                const auto low = window > 0 ? std::max<std::int64_t>(0, r - window + 1) : 0;
                for (std::int64_t j = 0; j < 150; ++j) {
                    const auto cell = static_cast<std::size_t>(r * 150 + j);
                    const auto small = static_cast<std::size_t>(r * 10 / 150 * 10 + j * 10 / 150);
                    if (sees && isKey && j >= low && j <= r) {
                        ASSERT_TRUE(std::isnan(result.map[cell])) << r << ", " << j;
                        ASSERT_TRUE(std::isnan(result.thumbnail[small])) << r << ", " << j;
                    } else {
                        ASSERT_EQ(result.map[cell], expected.map[cell]) << r << ", " << j;
                    }
                }
                for (std::size_t d = 0; d < 6; ++d) {
                    const auto cell = static_cast<std::size_t>(r * 6) + d;
                    if (sees && (isKey || d == 2)) {
                        ASSERT_TRUE(std::isnan(result.out[cell])) << r;
                    } else {
                        ASSERT_NEAR(result.out[cell], expected.out[cell], 1e-5) << r;
                    }
                }
            }
            for (std::int64_t j = 0; j < 150; ++j) {
                const bool isTouched =
                    isKey && (window == 0 || (j > kBad - window && j < kBad + window));
                ASSERT_EQ(std::isnan(result.columnSum[static_cast<std::size_t>(j)]), isTouched)
                    << j;
            }
            EXPECT_FALSE(std::isnan(result.thumbnail[9])) << "no query sees later keys";
            EXPECT_FALSE(std::isnan(result.thumbnail[0])) << "the first queries do not see it";
        }
    }
}

TEST(Attend, StaysExactWhereOneKeyTakesAll)
{
    expectAgreement({.heads = 2, .kvHeads = 1, .headSize = 16, .queries = 70, .scale = 0.25f}, 6);
}

} // namespace
} // namespace vitrine::kernels
