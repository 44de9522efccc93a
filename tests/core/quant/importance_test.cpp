#include "core/quant/importance.h"

#include "tests/core/quant/sample_layer.h"

namespace vitrine::quant
{
namespace
{

// H = diag(4, 1) without damping: R = diag(1/2, 1), so M = W diag(2, 1).
TEST(Importance, IsNormTimesVarianceOfWeightsOverTheFactor)
{
    Matrix w(2, 2), h(2, 2);
    w << 1, 2, -1, 0;
    h << 4, 0, 0,
        1; // M: 2, 2, -2, 0; norm sqrt(12), mean 0.5, variance (2.25 * 2 + 6.25 + .25) / 3
    EXPECT_NEAR(*importanceScore(w, h, 0), std::sqrt(12.0) * 11 / 3, 1e-12);
}

TEST(Importance, InputsThatNeverComeDoNotCount)
{
    Matrix w(1, 3), without(1, 3), h = Matrix::Identity(3, 3);
    h(1, 1) = 0;
    w << 1, 100, 2;
    without << 1, 0, 2;
    EXPECT_EQ(*importanceScore(w, h), *importanceScore(without, h));
    EXPECT_FALSE(importanceScore(w, Matrix::Identity(2, 2)));
}

TEST(Importance, LargerActivationsAreMoreImportant)
{
    const SampleLayer layer = sampleLayer(8, 12);
    EXPECT_GT(*importanceScore(layer.weights, 4 * layer.hessian),
              *importanceScore(layer.weights, layer.hessian));
}

TEST(KendallTau, CountsPairsThatAgree)
{
    const std::vector<double> rising = {1, 2, 3, 4}, falling = {4, 3, 2, 1}, mixed = {1, 3, 2, 4};
    EXPECT_EQ(kendallTau(rising, rising), 1);
    EXPECT_EQ(kendallTau(rising, falling), -1);
    EXPECT_NEAR(kendallTau(rising, mixed), 4.0 / 6, 1e-15); // five pairs agree, one does not
    const std::vector<double> tied = {1, 1, 2, 3};          // scipy.stats.kendalltau: 0.9129
    EXPECT_NEAR(kendallTau(rising, tied), 5 / std::sqrt(30.0), 1e-15);
    EXPECT_TRUE(std::isnan(kendallTau(rising, std::vector<double>(4, 1.0))));
}

} // namespace
} // namespace vitrine::quant
