#include "core/quant/vision/whole_attention.h"

#include "core/quant/vision/scale_search.h"
#include "tests/core/quant/vision/outlier_maps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;

constexpr HeadDivision kDivisions[] = {HeadDivision::log2Geometric, HeadDivision::log2Arithmetic,
                                       HeadDivision::integer};

CodeGrid signedGrid(double scale)
{
    return {.bits = 8, .isSigned = true, .scale = scale};
}
CodeGrid unsignedGrid(double scale)
{
    return {.bits = 8, .isSigned = false, .scale = scale};
}

HeadGrids unitGrids()
{
    return {.q = signedGrid(1),
            .k = signedGrid(1),
            .v = signedGrid(1),
            .context = signedGrid(1),
            .keySums = unsignedGrid(1),
            .divisors = unsignedGrid(1),
            .dividends = signedGrid(1),
            .outputs = signedGrid(1.0 / 16)};
}

TEST(WholeAttention, WorkedExample)
{
    const std::vector<std::int32_t> q{1, 2, 0, 3, 0, -5}, k{1, 0, 2, 1, -3, 4},
        v{1, -1, 2, 0, 3, 5};

    for (const HeadDivision division : kDivisions) {
        const WholeHead head = *wholeHead(unitGrids(), division, {3, 2});
        const auto codes = runWholeHead(head, {3, 2}, q, k, v);

        EXPECT_THAT(codes.context, ElementsAre(5, -1, 14, 20));
        EXPECT_THAT(codes.keySums, ElementsAre(3, 5));
        EXPECT_THAT(codes.divisors, ElementsAre(13, 15, 0));
        EXPECT_THAT(codes.dividends, ElementsAre(33, 39, 42, 60, 0, 0));
        if (division == HeadDivision::integer) // 2.53846, 3, 2.8, 4 in steps of 1 / 16
            EXPECT_THAT(codes.outputs, ElementsAre(41, 48, 45, 64, 0, 0));
        else
            EXPECT_THAT(codes.outputs, ElementsAre(33, 39, 42, 60, 0, 0));
    }
}

// A head of real numbers, its grids as calibration would find them, and its codes.
struct QuantizedHead {
    HeadSize size;
    HeadGrids grids;
    std::vector<double> q = {}, k = {}, v = {}; // what the codes stand for
    std::vector<std::int32_t> qCodes = {}, kCodes = {}, vCodes = {};
};

CodeGrid gridOf(const std::vector<double>& values, GridKind kind)
{
    ValueRange range;
    for (const double x : values)
        range.include(x);
    return gridOver(range.withZero(), kind, 8);
}

QuantizedHead quantizedHead(HeadSize size, GridKind kind, std::uint64_t seed)
{
    Random random(seed);
    std::vector<double> maps[3];
    for (auto& map : maps)
        for (std::size_t i = 0; i < size.tokens * size.dim; ++i)
            map.push_back(random.normal() + 0.3);
    const auto real = linearAttention(size, maps[0], maps[1], maps[2], 1e-5);
    QuantizedHead head{.size = size,
                       .grids = {.q = gridOf(maps[0], kind),
                                 .k = gridOf(maps[1], kind),
                                 .v = gridOf(maps[2], kind),
                                 .context = gridOf(real.context, kind),
                                 .keySums = gridOf(real.keySums, kind),
                                 .divisors = gridOf(real.divisors, kind),
                                 .dividends = gridOf(real.dividends, kind),
                                 .outputs = gridOf(real.outputs, kind)}};
    const auto encode = [](const std::vector<double>& map, const CodeGrid& grid,
                           std::vector<std::int32_t>& codes, std::vector<double>& decoded) {
        for (const double x : map) {
            const auto code = grid.code(x, Rounding::halfUp);
            codes.push_back(static_cast<std::int32_t>(code));
            decoded.push_back(grid.value(code));
        }
    };
    encode(maps[0], head.grids.q, head.qCodes, head.q);
    encode(maps[1], head.grids.k, head.kCodes, head.k);
    encode(maps[2], head.grids.v, head.vCodes, head.v);
    return head;
}

constexpr HeadSize kSizes[] = {{1, 1}, {5, 3}, {49, 16}, {196, 16}, {64, 32}};

// Whole numbers and doubles are two programs for one thing.
TEST(WholeAttention, DoublesGiveTheSame)
{
    std::uint64_t seed = 1;
    for (const HeadSize size : kSizes)
        for (const GridKind kind : {GridKind::affine, GridKind::symmetric})
            for (const HeadDivision division : kDivisions) {
                const QuantizedHead head = quantizedHead(size, kind, seed++);
                const auto made = wholeHead(head.grids, division, size);
                ASSERT_TRUE(made) << made.error().message;
                const WholeHead& whole = *made;
                const auto codes = runWholeHead(whole, size, head.qCodes, head.kCodes, head.vCodes);
                const auto asDoubles = [](const auto& all) {
                    return std::vector<double>(all.begin(), all.end());
                };
                const auto doubles =
                    runWholeHeadInDoubles(whole, size, asDoubles(head.qCodes),
                                          asDoubles(head.kCodes), asDoubles(head.vCodes));

                ASSERT_EQ(asDoubles(codes.context), doubles.context);
                ASSERT_EQ(asDoubles(codes.keySums), doubles.keySums);
                ASSERT_EQ(asDoubles(codes.divisors), doubles.divisors);
                ASSERT_EQ(asDoubles(codes.dividends), doubles.dividends);
                ASSERT_EQ(asDoubles(codes.outputs), doubles.outputs);
            }
}

// The judge: each step in real numbers from the codes before it, without requantizers.
HeadValues<double> exactSteps(const QuantizedHead& head, const HeadValues<std::int64_t>& codes,
                              HeadDivision division)
{
    const auto [tokens, dim] = head.size;
    const HeadGrids& grids = head.grids;
    HeadValues<double> values;
    for (std::size_t i = 0; i < dim; ++i) {
        double keySum = 0;
        std::vector<double> row(dim);
        for (std::size_t t = 0; t < tokens; ++t) {
            const double key = std::max(head.k[t * dim + i], 0.0);
            keySum += key;
            for (std::size_t j = 0; j < dim; ++j)
                row[j] += key * head.v[t * dim + j];
        }
        values.keySums.push_back(keySum);
        values.context.insert(values.context.end(), row.begin(), row.end());
    }
    for (std::size_t t = 0; t < tokens; ++t) {
        double divisor = 0;
        std::vector<double> row(dim);
        for (std::size_t i = 0; i < dim; ++i) {
            const double query = std::max(head.q[t * dim + i], 0.0);
            divisor += query * grids.keySums.value(codes.keySums[i]);
            for (std::size_t j = 0; j < dim; ++j)
                row[j] += query * grids.context.value(codes.context[i * dim + j]);
        }
        values.divisors.push_back(divisor);
        values.dividends.insert(values.dividends.end(), row.begin(), row.end());
        const std::int64_t d = codes.divisors[t] - grids.divisors.zero;
        const double by = division == HeadDivision::integer ? static_cast<double>(d)
                          : d == 0
                              ? 0
                              : std::exp2(log2Divisor(d, division == HeadDivision::log2Geometric
                                                             ? Log2Rule::geometric
                                                             : Log2Rule::arithmetic));
        for (std::size_t j = 0; j < dim; ++j)
            values.outputs.push_back(by == 0 ? 0
                                             : grids.dividends.value(codes.dividends[t * dim + j]) /
                                                   (by * grids.divisors.scale));
    }
    return values;
}

// The largest distance of a code from the exact value within the grid's ends, in steps.
double farthest(const std::vector<std::int64_t>& codes, const std::vector<double>& exact,
                const CodeGrid& grid)
{
    EXPECT_EQ(codes.size(), exact.size());
    double distance = 0;
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const double place =
            std::clamp(exact[i] / grid.scale + static_cast<double>(grid.zero),
                       static_cast<double>(grid.low()), static_cast<double>(grid.high()));
        distance = std::max(distance, std::abs(static_cast<double>(codes[i]) - place));
    }
    return distance;
}

TEST(WholeAttention, EachStepIsTheNearestCodeOfItsGrid)
{
    std::uint64_t seed = 50;
    for (const HeadSize size : kSizes)
        for (const HeadDivision division : kDivisions) {
            const QuantizedHead head = quantizedHead(size, GridKind::affine, seed++);
            const HeadGrids& grids = head.grids;
            const auto whole = wholeHead(grids, division, size);
            ASSERT_TRUE(whole) << whole.error().message;
            const auto codes = runWholeHead(*whole, size, head.qCodes, head.kCodes, head.vCodes);
            const auto exact = exactSteps(head, codes, division);

            constexpr double kHalf = 0.5 + 1e-5; // multipliers have 31 bits
            EXPECT_LE(farthest(codes.context, exact.context, grids.context), kHalf);
            EXPECT_LE(farthest(codes.keySums, exact.keySums, grids.keySums), kHalf);
            EXPECT_LE(farthest(codes.divisors, exact.divisors, grids.divisors), kHalf);
            EXPECT_LE(farthest(codes.dividends, exact.dividends, grids.dividends), kHalf);
            // The integer divider rounds once more: half of 2^-16 in steps of the output.
            EXPECT_LE(farthest(codes.outputs, exact.outputs, grids.outputs),
                      kHalf + std::ldexp(whole->toOutputs.factor(), -17));
        }
}

TEST(WholeAttention, StaysNearTheRealHead)
{
    const QuantizedHead head = quantizedHead({196, 16}, GridKind::affine, 99);
    const auto real = linearAttention(head.size, head.q, head.k, head.v, 1e-5);
    const WholeHead whole = *wholeHead(head.grids, HeadDivision::integer, head.size);
    const auto codes = runWholeHead(whole, head.size, head.qCodes, head.kCodes, head.vCodes);

    std::vector<float> expected(real.outputs.begin(), real.outputs.end());
    std::vector<double> found;
    for (const auto code : codes.outputs)
        found.push_back(head.grids.outputs.value(code));
    EXPECT_GT(tests::signalToNoise(expected, found), 40); // dB
}

// Invariant 7, with a zero point.
TEST(WholeAttention, AQueryOfZerosGivesTheCodeOfZero)
{
    HeadGrids grids = unitGrids();
    grids.outputs = {.bits = 8, .isSigned = false, .scale = 0.5, .zero = 40};
    for (const HeadDivision division : kDivisions) {
        const auto codes = runWholeHead(
            *wholeHead(grids, division, {2, 1}), {2, 1}, std::vector<std::int32_t>{0, -3},
            std::vector<std::int32_t>{5, 6}, std::vector<std::int32_t>{7, 8});
        EXPECT_THAT(codes.outputs, ElementsAre(40, 40));
    }
}

TEST(WholeAttention, WhatItCannotDoIsRefused)
{
    const auto message = [](auto change, HeadSize size = {49, 16}) {
        HeadGrids grids = unitGrids();
        change(grids);
        const auto head = wholeHead(grids, HeadDivision::integer, size);
        return head ? std::string("accepted") : head.error().message;
    };
    EXPECT_EQ(message([](HeadGrids&) {}), "accepted");
    EXPECT_THAT(message([](HeadGrids& g) { g.divisors.zero = -3; }),
                HasSubstr("divisors of linear attention have no code for 0"));
    EXPECT_THAT(message([](HeadGrids& g) { g.divisors.bits = 10; }), HasSubstr("at most 9"));
    EXPECT_THAT(message([](HeadGrids& g) { g.context.shifts = {1}; }), HasSubstr("one scale"));
    EXPECT_THAT(message([](HeadGrids& g) { g.outputs.scale = 1e-20; }),
                HasSubstr("outputs of linear attention cannot be requantized"));
    EXPECT_THAT(message([](HeadGrids& g) { g.k.bits = g.v.bits = 16; }), HasSubstr("32 bits"));
    EXPECT_THAT(message([](HeadGrids&) {}, {200'000, 16}), HasSubstr("200000 tokens"));
}

} // namespace
} // namespace vitrine::quant
