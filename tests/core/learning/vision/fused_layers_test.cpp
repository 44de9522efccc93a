// The fused layers against the library's. Tolerances: sums of tens of thousands of F32 products in
// another order.
#include "core/learning/nets/vision/batch_norm.h"
#include "core/learning/nets/vision/depthwise.h"

#include "tests/core/learning/vision/finite_differences.h"

namespace vitrine::learning
{
namespace
{

TEST(DepthwiseConv, EqualsTheLibrarysConvolution)
{
    torch::manual_seed(1);
    for (const int64_t kernel : {3, 5})
        for (const int64_t width : {1, 4, 7, 32})
            expectSameFunction([](const auto& in) { return depthwiseConv(in[0], in[1], in[2]); },
                               [&](const auto& in) {
                                   return torch::conv2d(in[0], in[1], in[2], 1, kernel / 2, 1, 6);
                               },
                               {torch::randn({2, 6, 5, width}),
                                torch::randn({6, 1, kernel, kernel}), torch::randn({6})});
}

TEST(DepthwiseConv, NeedsNoBias)
{
    torch::manual_seed(1);
    const auto x = torch::randn({2, 3, 4, 4}), weight = torch::randn({3, 1, 3, 3});

    const auto y = depthwiseConv(x, weight, {});

    EXPECT_TRUE(y.allclose(torch::conv2d(x, weight, {}, 1, 1, 1, 3), 1e-5, 1e-5));
}

TEST(BatchNorm, EqualsTheLibrarysNormAndHardswish)
{
    torch::manual_seed(1);
    for (const bool activation : {false, true}) {
        torch::nn::BatchNorm2d fused(5), library(5);
        const auto with = [&](torch::nn::BatchNorm2d& norm, const std::vector<torch::Tensor>& in) {
            norm->weight = in[1];
            norm->bias = in[2];
        };
        expectSameFunction(
            [&](const auto& in) {
                with(fused, in);
                return batchNorm(fused, in[0], activation);
            },
            [&](const auto& in) {
                with(library, in);
                const auto y = library(in[0]);
                return activation ? torch::hardswish(y) : y;
            },
            {torch::randn({3, 5, 4, 6}) * 2.0 + 1.0, torch::rand({5}) * 3.0, torch::randn({5})},
            1e-4);
        EXPECT_TRUE(fused->running_mean.allclose(library->running_mean, 1e-5, 1e-6));
        EXPECT_TRUE(fused->running_var.allclose(library->running_var, 1e-5, 1e-6));
    }
}

TEST(BatchNorm, UsesTheRunningValuesInEvaluation)
{
    torch::nn::BatchNorm2d norm(2);
    norm->eval();
    const auto x = torch::randn({1, 2, 3, 3});

    EXPECT_TRUE(batchNorm(norm, x, false).allclose(x / std::sqrt(1.0 + 1e-5), 1e-5, 1e-6));
}

} // namespace
} // namespace vitrine::learning
