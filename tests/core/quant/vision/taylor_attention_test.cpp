// ViTALiTy's algorithm 1 by its algebra: the numbers in parentheses are those of the list of
// self-checks in the method's specification.
#include "core/quant/vision/taylor_attention.h"

#include "tests/core/quant/vision/random_head.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

using tests::farthest;
using tests::normalMatrix;
using Double = HeadMatrix<double>;
using Head = tests::RandomHead<double>;

Double taylorOf(const Double& q, const Double& k, const Double& v)
{
    return taylorSteps(q, k, v).result;
}

Double rowsOf(std::initializer_list<std::initializer_list<double>> rows)
{
    return Double(rows);
}

TEST(TaylorAttention, GivesTheWorkedExampleStepByStep) // (1)
{
    const Double q = rowsOf({{1, 0}, {0, 1}, {1, 1}}), k = rowsOf({{1, 2}, {3, 0}, {2, 1}}),
                 v = rowsOf({{1, 0}, {0, 2}, {3, 1}});

    const auto steps = taylorSteps(q, k, v);

    EXPECT_EQ(steps.meanKey, rowsOf({{2, 1}}));
    EXPECT_EQ(steps.keys, rowsOf({{-1, 1}, {1, -1}, {0, 0}}));
    EXPECT_EQ(steps.context, rowsOf({{-1, 2}, {1, -2}}));
    EXPECT_EQ(steps.keySum, rowsOf({{0, 0}}));
    EXPECT_EQ(steps.valueSum, rowsOf({{4, 3}}));
    EXPECT_LT(farthest(steps.denominator, Double::Constant(3, 1, 4.242641)), 1e-6);
    EXPECT_LT(farthest(steps.numerator,
                       rowsOf({{4.656854, 6.242641}, {6.656854, 2.242641}, {5.656854, 4.242641}})),
              1e-6);
    EXPECT_LT(farthest(steps.result,
                       rowsOf({{1.097631, 1.471405}, {1.569036, 0.528595}, {1.333333, 1.000000}})),
              1e-6);
    EXPECT_LT(farthest(exactMap(q, k) * v,
                       rowsOf({{0.992015, 1.435946}, {1.427962, 0.564054}, {1.333333, 1.000000}})),
              1e-6);
}

TEST(TaylorAttention, ColumnsOfCentredKeysSumToNothing) // (2)
{
    const auto k = normalMatrix<float>(197, 64, 2);
    const auto steps = taylorSteps<float>(normalMatrix<float>(197, 64, 1), k, k);
    EXPECT_LT(steps.keySum.cwiseAbs().maxCoeff(), 1e-4f * 197);
    const float usual = 197 * 8;
    EXPECT_LT((steps.denominator.array() - usual).abs().maxCoeff(), 1e-5f * usual);
}

TEST(TaylorAttention, WithoutTheDenominatorItIsTheSame)
{
    const Head h;
    EXPECT_LT(farthest(taylorSteps(h.q, h.k, h.v, TaylorDenominator::skipped).result,
                       taylorOf(h.q, h.k, h.v)),
              1e-14);
}

TEST(TaylorAttention, RowsOfTheMapSumToOneAndMayHaveNegativeWeights) // (3)
{
    const tests::RandomHead<float> head(197, 64);
    const auto map = taylorMap(head.q, head.k);
    EXPECT_LT((map.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-5f);
    // A sixth of standard normal scores lies below -1.
    EXPECT_NEAR(static_cast<double>((map.array() < 0).count()) / static_cast<double>(map.size()),
                0.159, 0.01);
}

TEST(TaylorAttention, StepsAreTheMapTimesTheValues) // (4)
{
    for (const Eigen::Index tokens : {1, 2, 7, 50, 197}) {
        const tests::RandomHead<float> head(tokens, 16);
        const auto steps = taylorSteps(head.q, head.k, head.v).result;
        const HeadMatrix<float> dense = taylorMap(head.q, head.k) * head.v;
        EXPECT_LT(farthest(steps, dense), 1e-4 * static_cast<double>(dense.norm()));
    }
}

TEST(TaylorAttention, DoesNotSeeAConstantOnAllKeys) // (5)
{
    const Head h;
    const Double constant = normalMatrix<double>(1, 4, 9, 10);
    const Double moved = h.k.rowwise() + constant.row(0);
    EXPECT_LT(farthest(taylorOf(h.q, moved, h.v), taylorOf(h.q, h.k, h.v)), 1e-12);
}

TEST(TaylorAttention, QueriesOfZeroGiveTheMeanValue) // (6)
{
    const Head h;
    const Double nothing = Double::Zero(9, 4);
    const Double means = h.v.colwise().mean().replicate(9, 1);
    EXPECT_LT(farthest(taylorOf(nothing, h.k, h.v), means), 1e-14);
}

TEST(TaylorAttention, OrderOfKeysIsOfNoMatterThatOfQueriesIsKept) // (7)
{
    const Head h;
    Eigen::PermutationMatrix<Eigen::Dynamic> order(9);
    order.setIdentity();
    std::rotate(order.indices().data(), order.indices().data() + 4, order.indices().data() + 9);
    const Double plain = taylorOf(h.q, h.k, h.v);
    EXPECT_LT(farthest(taylorOf(h.q, order * h.k, order * h.v), plain), 1e-13);
    EXPECT_LT(farthest(taylorOf(order * h.q, h.k, h.v), order * plain), 1e-13);
}

TEST(TaylorAttention, SoftmaxDoesNotSeeTheCentring) // (8)
{
    const tests::RandomHead<float> head(50, 16);
    EXPECT_LT(farthest(exactMap(head.q, head.k), exactMap(head.q, taylorKeys(head.k))), 1e-6);
}

double taylorError(double queryScale, int order = 1)
{
    const Head h(50, 16, queryScale);
    return farthest(taylorMap(h.q, h.k, order) * h.v, exactMap(h.q, h.k) * h.v);
}

TEST(TaylorAttention, ErrorFallsWithTheSquareOfTheScores) // (9)
{
    for (const double scale : {0.1, 0.05, 0.02})
        EXPECT_NEAR(std::log10(taylorError(scale) / taylorError(scale / 10)), 2, 0.2) << scale;
}

TEST(TaylorAttention, HigherOrdersTendToSoftmax) // (10)
{
    double before = taylorError(1, 1);
    for (int order = 3; order <= 21; order += 2) {
        const double now = taylorError(1, order);
        EXPECT_LT(now, before) << order;
        before = now;
    }
    EXPECT_LT(before, 1e-8);
}

// Measured errors of Z with normal Q, K and V of 197 tokens and 64 channels, by the spread of the
// scores; another draw has other rare large scores.
TEST(TaylorAttention, ErrorGrowsFastWithTheSpreadOfScores)
{
    const struct {
        double spread, error;
    } kRows[] = {{0.1, 0.007}, {0.3, 0.058}, {0.5, 0.144}, {1.0, 0.542}};
    for (const auto& row : kRows) {
        const Head h(197, 64, row.spread);
        const Double exact = exactMap(h.q, h.k) * h.v;
        const double error = (taylorOf(h.q, h.k, h.v) - exact).norm() / exact.norm();
        EXPECT_NEAR(error, row.error, 0.2 * row.error) << row.spread;
    }
}

} // namespace
} // namespace vitrine::quant
