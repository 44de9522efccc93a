// Weights changed between softmax and values, against plain loops over a whole map.
#include "core/tensor/kernels/attention.h"

#include "core/base/parallel.h"
#include "core/base/random.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

namespace vitrine::kernels
{
namespace
{

struct Problem {
    AttentionShape shape;
    std::vector<float> q, k, v;

    std::int64_t keys() const { return shape.first + shape.queries; }
};

Problem randomProblem(AttentionShape shape, double spread = 1)
{
    Random random(17);
    Problem p{shape, {}, {}, {}};
    const auto fill = [&](std::vector<float>& values, std::int64_t count) {
        for (std::int64_t i = 0; i < count; ++i)
            values.push_back(static_cast<float>(spread * random.normal()));
    };
    fill(p.q, shape.queries * shape.heads * shape.headSize);
    fill(p.k, p.keys() * shape.kvHeads * shape.headSize);
    fill(p.v, p.keys() * shape.kvHeads * shape.headSize);
    return p;
}

struct Outcome {
    std::vector<float> out;
    std::vector<std::vector<float>> maps;
    std::vector<HeadTap> taps;
};

using Edits = std::vector<std::optional<WeightEdit>>; // by head

Outcome attended(const Problem& p, const Edits& edits, bool summary = false)
{
    const AttentionShape& s = p.shape;
    const std::int64_t width = s.heads * s.headSize, keyWidth = s.kvHeads * s.headSize;
    Outcome result;
    result.out.resize(p.q.size());
    result.maps.assign(static_cast<std::size_t>(s.heads),
                       std::vector<float>(static_cast<std::size_t>(s.queries * p.keys())));
    result.taps.resize(result.maps.size());
    for (std::size_t h = 0; h < result.taps.size(); ++h) {
        result.taps[h].map = result.maps[h].data();
        result.taps[h].summary = summary;
        result.taps[h].thumbnailSide = summary ? std::min<std::int64_t>(s.queries, 16) : 0;
        if (h < edits.size() && edits[h])
            result.taps[h].edit = [edit = *edits[h]](std::span<const float>) { return edit; };
    }
    attend(s, {p.q.data(), s.headSize, width}, {p.k.data(), s.headSize, keyWidth},
           {p.v.data(), s.headSize, keyWidth}, {result.out.data(), s.headSize, width}, result.taps);
    return result;
}

struct SlowEdit {
    std::vector<double> map;
    EditCount count;
};

// The definition in weight_edit.h, entry by entry.
SlowEdit slowEdit(const Problem& p, const std::vector<float>& before, const WeightEdit& edit)
{
    const std::int64_t keys = p.keys();
    SlowEdit result{{before.begin(), before.end()}, {}};
    for (std::int64_t r = 0; r < p.shape.queries; ++r) {
        double* row = result.map.data() + r * keys;
        const auto isSink = [&](std::int64_t j) {
            return std::ranges::find(edit.columns, j) != edit.columns.end();
        };
        double m = 0, rest = 0;
        for (std::int64_t j = 0; j < keys; ++j) {
            m += isSink(j) ? row[j] : 0;
            rest += !isSink(j) && j >= edit.receiversFrom ? row[j] : 0;
        }
        if (p.shape.first + r == 0 || m == 0)
            continue;
        if (rest <= edit.leastRest) {
            ++result.count.rowsSkipped;
            continue;
        }
        ++result.count.rowsModified;
        result.count.massMoved += (1 - edit.beta) * m;
        for (std::int64_t j = 0; j < keys; ++j)
            if (isSink(j))
                row[j] *= edit.beta;
            else if (j >= edit.receiversFrom)
                row[j] *= 1 + (1 - edit.beta) * m / rest;
    }
    return result;
}

void expectOutputs(const Problem& p, const Outcome& found, std::int64_t head,
                   const std::vector<double>& map)
{
    const AttentionShape& s = p.shape;
    for (std::int64_t r = 0; r < s.queries; ++r)
        for (std::int64_t d = 0; d < s.headSize; ++d) {
            double sum = 0;
            for (std::int64_t j = 0; j < p.keys(); ++j)
                sum += map[static_cast<std::size_t>(r * p.keys() + j)] *
                       p.v[static_cast<std::size_t>(
                           (j * s.kvHeads + head * s.kvHeads / s.heads) * s.headSize + d)];
            ASSERT_NEAR(found.out[static_cast<std::size_t>((r * s.heads + head) * s.headSize + d)],
                        sum, 1e-5);
        }
}

void expectSums(const Problem& p, const HeadTap& tap, const std::vector<double>& map)
{
    const std::int64_t keys = p.keys();
    double first = 0, entropy = 0, distance = 0;
    std::vector<double> columns(static_cast<std::size_t>(keys));
    for (std::int64_t r = 0; r < p.shape.queries; ++r)
        for (std::int64_t j = 0; j < keys; ++j) {
            const double a = map[static_cast<std::size_t>(r * keys + j)];
            columns[static_cast<std::size_t>(j)] += a;
            first += j == 0 && p.shape.first + r >= 1 ? a : 0;
            entropy -= a > 0 ? a * std::log(a) : 0;
            distance += a * static_cast<double>(p.shape.first + r - j);
        }
    const auto rows = static_cast<double>(p.shape.queries);
    for (std::size_t j = 0; j < columns.size(); ++j)
        ASSERT_NEAR(tap.after.columnSum[j], columns[j], 1e-5 * rows);
    EXPECT_NEAR(tap.after.firstMass, first, 1e-6 * rows);
    EXPECT_NEAR(tap.after.entropy, entropy, 1e-5 * rows);
    EXPECT_NEAR(tap.after.distance, distance, 1e-4 * rows);
    const std::int64_t side = tap.thumbnailSide;
    std::vector<float> thumbnail(static_cast<std::size_t>(side * side));
    for (std::int64_t r = 0; r < p.shape.queries; ++r)
        for (std::int64_t j = 0; j < keys; ++j) {
            float& cell = thumbnail[static_cast<std::size_t>(r * side / p.shape.queries * side +
                                                             j * side / keys)];
            cell = std::max(cell, static_cast<float>(map[static_cast<std::size_t>(r * keys + j)]));
        }
    for (std::size_t i = 0; i < thumbnail.size(); ++i)
        ASSERT_NEAR(tap.after.thumbnail[i], thumbnail[i], 1e-6);
}

void expectEditAgreement(const AttentionShape& shape, const WeightEdit& edit, bool summary)
{
    SCOPED_TRACE(fmt::format("first {}, queries {}, window {}, columns {}, receivers from {}",
                             shape.first, shape.queries, shape.window, fmt::join(edit.columns, " "),
                             edit.receiversFrom));
    const Problem p = randomProblem(shape);
    const Outcome plain = attended(p, {}, summary);

    const Outcome found = attended(p, {std::nullopt, edit, edit}, summary);

    EXPECT_EQ(found.maps[0], plain.maps[0]) << "a head that is not edited";
    EXPECT_EQ(found.maps[3], plain.maps[3]);
    for (const std::int64_t head : {1, 2}) {
        const auto h = static_cast<std::size_t>(head);
        const SlowEdit expected = slowEdit(p, plain.maps[h], edit);
        EXPECT_EQ(found.taps[h].editCount.rowsModified, expected.count.rowsModified);
        EXPECT_EQ(found.taps[h].editCount.rowsSkipped, expected.count.rowsSkipped);
        EXPECT_NEAR(found.taps[h].editCount.massMoved, expected.count.massMoved, 1e-4);
        for (std::size_t i = 0; i < expected.map.size(); ++i)
            ASSERT_NEAR(found.maps[h][i], expected.map[i], 1e-6);
        expectOutputs(p, found, head, expected.map);
        if (summary)
            expectSums(p, found.taps[h], expected.map);
    }
}

AttentionShape shapeOf(std::int64_t first, std::int64_t queries, std::int64_t window = 0)
{
    return {.heads = 4,
            .kvHeads = 2,
            .headSize = 6,
            .first = first,
            .queries = queries,
            .window = window,
            .scale = 0.4f};
}

TEST(AttendEdited, AgreesWithPlainLoopsOverAWholeMap)
{
    for (const std::int64_t queries : {1, 2, 3, 5, 64, 65, 130})
        for (const std::int64_t first : {0, 1, 50})
            for (const std::int64_t window : {0, 3, 70})
                for (const std::int64_t from : {0, 1, 4}) {
                    WeightEdit edit{
                        .columns = {1, 2, 40, 63, 64}, .beta = 0.3, .receiversFrom = from};
                    std::erase_if(edit.columns,
                                  [&](std::int32_t column) { return column >= first + queries; });
                    if (!edit.columns.empty())
                        expectEditAgreement(shapeOf(first, queries, window), edit,
                                            first == 0 && window != 3);
                }
}

TEST(AttendEdited, TakesAllAwayWithBetaZeroAndHandlesTheFirstColumn)
{
    expectEditAgreement(shapeOf(0, 80), {.columns = {5, 30}, .beta = 0}, true);
    expectEditAgreement(shapeOf(0, 80), {.columns = {0}, .beta = 0.5}, true);
    expectEditAgreement(shapeOf(0, 80), {.columns = {0, 1}, .beta = 0.5, .receiversFrom = 3}, true);
}

TEST(AttendEdited, KeepsRowSumsWhereTheSinkHasNearlyEverything)
{
    Problem p = randomProblem(shapeOf(0, 90));
    for (std::int64_t r = 0; r < 90; ++r)
        p.q[static_cast<std::size_t>((r * 4 + 1) * 6)] = 6; // every query of head 1 ...
    p.k[static_cast<std::size_t>(7 * 2 * 6)] = 5;           // ... looks at key 7 of key head 0

    const Outcome found = attended(p, {std::nullopt, WeightEdit{.columns = {7}, .beta = 0.1}});

    double least = 1;
    for (std::int64_t r = 0; r < 90; ++r) {
        const auto row = found.maps[1].begin() + r * 90;
        EXPECT_NEAR(std::accumulate(row, row + 90, 0.0), 1, 1e-6) << r;
        least = r > 7 ? std::min(least, 1 - 10 * static_cast<double>(row[7])) : least;
    }
    EXPECT_LT(least, 0.01) << "some row had 99 % on the sink";
}

TEST(AttendEdited, ChangesNotOneBitWhereNothingIsToBeChanged)
{
    const Problem p = randomProblem(shapeOf(0, 100));
    const Outcome plain = attended(p, {});

    const Outcome one = attended(p, {WeightEdit{.columns = {3, 9}, .beta = 1}, WeightEdit{}});

    EXPECT_EQ(one.out, plain.out);
    EXPECT_EQ(one.maps, plain.maps);
    EXPECT_EQ(one.taps[0].editCount, EditCount{});
}

TEST(AttendEdited, LeavesEarlierRowsAndOtherHeadsToTheLastBit)
{
    const Problem p = randomProblem(shapeOf(0, 200));
    const Outcome plain = attended(p, {});

    const Outcome found = attended(p, {WeightEdit{.columns = {150}, .beta = 0.2}});

    for (std::int64_t r = 0; r < 200; ++r)
        for (std::int64_t h = 0; h < 4; ++h)
            for (std::int64_t d = 0; d < 6; ++d) {
                const auto i = static_cast<std::size_t>((r * 4 + h) * 6 + d);
                ASSERT_EQ(found.out[i] == plain.out[i], h > 0 || r < 150) << r << " " << h;
            }
}

TEST(AttendEdited, IsTheSameForEveryThreadCountAndWithoutSummaries)
{
    const Problem p = randomProblem(shapeOf(0, 300));
    const Edits edits = {WeightEdit{.columns = {4, 100}, .beta = 0.4}, std::nullopt,
                         WeightEdit{.columns = {9}, .beta = 0}};
    const int before = threadCount();
    setThreadCount(1);
    const Outcome one = attended(p, edits, true);
    setThreadCount(3);
    const Outcome three = attended(p, edits, true);
    const Outcome withoutSummaries = attended(p, edits);
    setThreadCount(before);

    EXPECT_EQ(one.out, three.out);
    EXPECT_EQ(one.taps[0].after.columnSum, three.taps[0].after.columnSum);
    EXPECT_EQ(one.taps[0].after.entropy, three.taps[0].after.entropy);
    EXPECT_EQ(one.taps[0].editCount, three.taps[0].editCount);
    EXPECT_EQ(one.out, withoutSummaries.out);
    EXPECT_EQ(one.taps[2].editCount, withoutSummaries.taps[2].editCount);
}

TEST(AttendEdited, AsksOnceWithTheSumsOfTheUnchangedWeights)
{
    const Problem p = randomProblem(shapeOf(5, 70));
    const Outcome plain = attended(p, {}, true);
    std::vector<float> sums;
    int calls = 0;
    const std::int64_t width = 24, keyWidth = 12;
    std::vector<float> out(p.q.size());
    std::vector<HeadTap> taps(4);
    taps[2].edit = [&](std::span<const float> columnSum) {
        ++calls;
        sums.assign(columnSum.begin(), columnSum.end());
        return WeightEdit{.columns = {1}, .beta = 0.4};
    };

    attend(p.shape, {p.q.data(), 6, width}, {p.k.data(), 6, keyWidth}, {p.v.data(), 6, keyWidth},
           {out.data(), 6, width}, taps);

    EXPECT_EQ(calls, 1);
    ASSERT_EQ(sums.size(), plain.taps[2].columnSum.size());
    for (std::size_t j = 0; j < sums.size(); ++j)
        EXPECT_NEAR(sums[j], plain.taps[2].columnSum[j], 1e-5);
}

TEST(AttendEdited, PermutingHeadsPermutesTheResults)
{
    Problem p = randomProblem({.heads = 3, .kvHeads = 3, .headSize = 6, .queries = 70, .scale = 1});
    Problem turned = p; // head h becomes head h + 1
    for (auto [from, to] : {std::pair{&p.q, &turned.q}, {&p.k, &turned.k}, {&p.v, &turned.v}})
        for (std::size_t t = 0; t < 70; ++t)
            for (std::size_t h = 0; h < 3; ++h)
                std::copy_n(from->begin() + static_cast<std::ptrdiff_t>((t * 3 + h) * 6), 6,
                            to->begin() + static_cast<std::ptrdiff_t>((t * 3 + (h + 1) % 3) * 6));
    const WeightEdit a{.columns = {3}, .beta = 0.4}, b{.columns = {8, 20}, .beta = 0.1};

    const Outcome straight = attended(p, {a, b, std::nullopt});
    const Outcome permuted = attended(turned, {std::nullopt, a, b});

    for (std::size_t h = 0; h < 3; ++h)
        EXPECT_EQ(straight.maps[h], permuted.maps[(h + 1) % 3]);
}

TEST(AttendEdited, TheReleasedRuleForOneRowBreaksItsSum)
{
    const Problem p = randomProblem(shapeOf(40, 1));
    const Outcome plain = attended(p, {});
    const WeightEdit edit{
        .columns = {3, 17}, .beta = 0.4, .leastRest = -1, .releasedSingleRow = true};

    const Outcome found = attended(p, {edit});

    const std::vector<float>&row = found.maps[0], &before = plain.maps[0];
    const double freed = 0.6 * (static_cast<double>(before[3]) + before[17]);
    EXPECT_EQ(row[0], 1);
    EXPECT_NEAR(row[3], before[3] * (0.4 + freed), 1e-7);
    EXPECT_NEAR(row[5], before[5] * (1 + freed), 1e-7);
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    EXPECT_NEAR(sum, 2 - before[0] * (1 + freed), 1e-5);
    EXPECT_GT(sum, 1.5);
}

} // namespace
} // namespace vitrine::kernels
