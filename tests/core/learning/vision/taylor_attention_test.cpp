#include "core/learning/nets/vision/taylor_attention.h"

#include "tests/core/learning/vision/finite_differences.h"

#include <cmath>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

Tensor exactAttention(const Tensor& q, const Tensor& k, const Tensor& v)
{
    const double root = std::sqrt(static_cast<double>(q.size(-1)));
    return torch::matmul(torch::softmax(torch::matmul(q, k.mT()) / root, -1), v);
}

std::vector<Tensor> randomQkv(double scale = 1.0)
{
    torch::manual_seed(2);
    const auto draw = [](double s) { return torch::randn({2, 2, 5, 3}, torch::kDouble) * s; };
    return {draw(scale), draw(1.0), draw(1.0)};
}

double largestDifference(const Tensor& a, const Tensor& b)
{
    return (a - b).abs().max().item<double>();
}

TEST(TaylorAttention, GivesTheWorkedExample)
{
    const auto matrix = [](std::vector<double> values) {
        return torch::tensor(values, torch::kDouble).view({1, 1, 3, 2});
    };
    const auto q = matrix({1, 0, 0, 1, 1, 1}), k = matrix({1, 2, 3, 0, 2, 1}),
               v = matrix({1, 0, 0, 2, 3, 1});

    const auto expected = matrix({1.097631, 1.471405, 1.569036, 0.528595, 1.333333, 1.0});
    EXPECT_LT(largestDifference(taylorAttention(q, k, v), expected), 1e-6);
}

TEST(TaylorAttention, StepsEqualTheMap)
{
    const auto in = randomQkv();
    const auto map = taylorMap(in[0], in[1]);

    EXPECT_LT(largestDifference(map.sum(-1), torch::ones({2, 2, 5}, torch::kDouble)), 1e-12);
    EXPECT_LT(largestDifference(taylorAttention(in[0], in[1], in[2]), torch::matmul(map, in[2])),
              1e-12);
}

TEST(TaylorAttention, DoesNotSeeAConstantOnAllKeys)
{
    const auto in = randomQkv();
    EXPECT_LT(largestDifference(taylorAttention(in[0], in[1] + 3.0, in[2]),
                                taylorAttention(in[0], in[1], in[2])),
              1e-12);
}

TEST(TaylorAttention, ErrorFallsWithTheSquareOfTheScores)
{
    const auto error = [](double scale) {
        const auto in = randomQkv(scale);
        return largestDifference(taylorAttention(in[0], in[1], in[2]),
                                 exactAttention(in[0], in[1], in[2]));
    };
    EXPECT_NEAR(std::log10(error(0.1) / error(0.01)), 2.0, 0.2);
}

TEST(UnifiedAttention, IsSoftmaxAtThresholdZeroAndTaylorAtOne)
{
    const auto in = randomQkv();
    EXPECT_LT(largestDifference(unifiedAttention(in[0], in[1], in[2], {.threshold = 0.0}),
                                exactAttention(in[0], in[1], in[2])),
              1e-12);
    EXPECT_LT(largestDifference(unifiedAttention(in[0], in[1], in[2], {.threshold = 1.0}),
                                taylorAttention(in[0], in[1], in[2])),
              1e-12);
}

TEST(UnifiedAttention, FewerEntriesAreKeptAtHigherThresholds)
{
    const auto in = randomQkv();
    double last = 1.1;
    for (const double threshold : {0.0, 0.1, 0.2, 0.4, 1.0}) {
        const auto density =
            predictedMask(in[0], in[1], {.threshold = threshold}).mean().item<double>();
        EXPECT_LE(density, last);
        last = density;
    }
    EXPECT_EQ(last, 0.0);
}

TEST(FewBits, StaysWithinHalfAStepOnSixteenValues)
{
    const auto x = torch::linspace(-1.0, 2.0, 301, torch::kDouble);
    const auto rounded = fewBits(x, 4);

    EXPECT_LE((rounded - x).abs().max().item<double>(), 0.5 * 3.0 / 15.0 + 1e-12);
    EXPECT_EQ(std::get<0>(torch::_unique(rounded)).numel(), 16);
}

TEST(TaylorAttention, GradientsAreRight)
{
    expectGradients([](const auto& in) { return taylorAttention(in[0], in[1], in[2]); },
                    randomQkv());
}

TEST(UnifiedAttention, GradientsAreRight)
{
    expectGradients(
        [](const auto& in) { return unifiedAttention(in[0], in[1], in[2], {.threshold = 0.2}); },
        randomQkv());
}

} // namespace
} // namespace vitrine::learning
