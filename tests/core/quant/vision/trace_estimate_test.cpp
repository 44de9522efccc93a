#include "core/quant/vision/trace_estimate.h"

#include "core/quant/matrix.h"

#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

TEST(TraceEstimate, IsNearTheTrace)
{
    Random random(1);
    Matrix a(30, 30);
    for (Eigen::Index i = 0; i < a.size(); ++i)
        a.data()[i] = random.normal();
    const Matrix h = a * a.transpose();
    const auto estimate =
        estimateTrace(30,
                      [&](std::span<const float> v) -> Result<double> {
                          const Eigen::VectorXd x =
                              Eigen::Map<const Eigen::VectorXf>(v.data(), 30).cast<double>();
                          return x.dot(h * x);
                      },
                      random, {.mostDraws = 3000, .tolerance = 0});
    ASSERT_TRUE(estimate);
    EXPECT_EQ(estimate->draws, 3000);
    EXPECT_FALSE(estimate->hasSettled);
    EXPECT_NEAR(estimate->mean, h.trace(), 4 * estimate->standardError);
    EXPECT_LT(estimate->standardError, 0.02 * h.trace());
}

TEST(TraceEstimate, ADiagonalIsKnownAfterTwoDraws)
{
    Random random(1);
    const auto estimate = estimateTrace(
        3,
        [](std::span<const float> v) -> Result<double> {
            return 5.0 * v[0] * v[0] + 2.0 * v[1] * v[1] - 1.0 * v[2] * v[2];
        },
        random);
    EXPECT_EQ(estimate->mean, 6);
    EXPECT_EQ(estimate->draws, 2);
    EXPECT_TRUE(estimate->hasSettled);
}

TEST(TraceEstimate, StopsWhenTheRunningMeanMovesByLessThanHalfAPercent)
{
    TraceEstimate estimate;
    EXPECT_TRUE(estimate.add(100));
    EXPECT_TRUE(estimate.add(102));  // 100 -> 101: 1 %
    EXPECT_FALSE(estimate.add(102)); // 101 -> 101.33: 0.33 %
    EXPECT_TRUE(estimate.hasSettled);
    EXPECT_NEAR(estimate.mean, 304.0 / 3, 1e-12);

    TraceEstimate restless;
    for (int draw = 1; draw <= 150; ++draw)
        EXPECT_EQ(restless.add(draw % 2 == 0 ? 1e6 * draw : -1e6 * draw), draw < 150);
    EXPECT_FALSE(restless.hasSettled);
}

TEST(TraceEstimate, AnErrorEndsIt)
{
    Random random(1);
    EXPECT_EQ(estimateTrace(
                  2, [](std::span<const float>) -> Result<double> { return cancelled(); }, random)
                  .error()
                  .kind,
              ErrorKind::cancelled);
}

} // namespace
} // namespace vitrine::quant
