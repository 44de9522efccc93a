// Tolerance 2e-5 of the largest value: sums of a few hundred F32 products in another order.
#include "core/learning/nets/vision/attention.h"

#include "core/learning/nets/vision/linear_attention.h"
#include "tests/core/learning/vision/finite_differences.h"

namespace vitrine::learning
{
namespace
{

TEST(ImageAttention, FusedLoopsEqualTheTensorExpression)
{
    torch::manual_seed(1);
    for (const int64_t tokens : {1, 5, 50})
        expectSameFunction([](const auto& in) { return imageAttention(in[0], 4); },
                           [](const auto& in) { return plainImageAttention(in[0], 4); },
                           {torch::randn({3, tokens, 3 * 4 * 16}) * 2.0});
}

TEST(ImageAttention, GradientsOfTheExpressionAreRight)
{
    torch::manual_seed(1);
    expectGradients([](const auto& in) { return imageAttention(in[0], 2); },
                    {torch::randn({2, 3, 3 * 2 * 2})});
}

TEST(ImageAttention, QueriesComeBeforeKeysAndValues)
{
    // One head of one component: token 0 looks (q = 40) at the larger key, token 1's, whose value
    // is 7.
    const auto qkv = torch::tensor({40.0f, 0.0f, 3.0f, 0.0f, 1.0f, 7.0f}).view({1, 2, 3});

    const auto y = imageAttention(qkv, 1);

    EXPECT_NEAR(y[0][0][0].item<float>(), 7.0f, 1e-5f);
    EXPECT_NEAR(y[0][1][0].item<float>(), 5.0f, 1e-5f);
}

TEST(LinearAttention, FusedLoopsEqualTheTensorExpression)
{
    torch::manual_seed(1);
    for (const int64_t side : {1, 4, 8})
        expectSameFunction([](const auto& in) { return linearAttention(in[0], 16); },
                           [](const auto& in) { return plainLinearAttention(in[0], 16); },
                           {torch::randn({2, 4 * 3 * 16, side, side})});
}

TEST(LinearAttention, GradientsOfTheExpressionAreRight)
{
    torch::manual_seed(1);
    expectGradients([](const auto& in) { return linearAttention(in[0], 2); },
                    {torch::randn({1, 2 * 3 * 2, 2, 3}) + 0.3});
}

TEST(LinearAttention, EqualsItsQuadraticForm)
{
    torch::manual_seed(1);
    const auto qkv = torch::randn({1, 3 * 16, 4, 4});
    const auto parts = qkv.view({3, 16, 16}).unbind(0);
    const auto weights = torch::matmul(parts[1].relu().t(), parts[0].relu()); // keys x queries

    const auto y = linearAttention(qkv, 16).view({16, 16});

    const auto expected = torch::matmul(parts[2], weights / weights.sum(0, true));
    EXPECT_LT((y - expected).abs().max().item<float>(), 1e-4f);
}

TEST(LinearAttention, PixelsWithoutPositiveQueriesGiveZeroAndNoGradient)
{
    auto qkv = torch::rand({1, 3 * 16, 2, 2});
    qkv.narrow(1, 0, 16).fill_(-1.0);
    qkv.requires_grad_(true);

    const auto y = linearAttention(qkv, 16);
    y.sum().backward();

    EXPECT_EQ(y.abs().max().item<float>(), 0.0f);
    EXPECT_EQ(qkv.grad().abs().max().item<float>(), 0.0f);
}

} // namespace
} // namespace vitrine::learning
