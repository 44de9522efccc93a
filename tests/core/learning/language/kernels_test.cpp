// The fused loops against the plain tensor expressions: results and gradients, F32. Tolerance 2e-5
// of the largest value: sums of a few hundred F32 products in another order.
#include "core/learning/nets/language/kernels.h"

#include "core/learning/nets/training/adamw.h"

#include <gtest/gtest.h>

#include <functional>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;
using Expression = std::function<Tensor(const std::vector<Tensor>&)>;

constexpr double kTolerance = 2e-5;

void expectClose(const Tensor& fast, const Tensor& slow, const std::string& what)
{
    const double scale = slow.abs().max().item<double>() + 1e-12;
    EXPECT_LT((fast - slow).abs().max().item<double>() / scale, kTolerance) << what;
}

// Same value, and same gradients for a weighted sum of the result.
void expectSame(const Expression& fast, const Expression& slow, const std::vector<Tensor>& inputs)
{
    std::vector<Tensor> results;
    std::vector<std::vector<Tensor>> gradients;
    for (const auto& expression : {fast, slow}) {
        std::vector<Tensor> copies;
        for (const Tensor& input : inputs)
            copies.push_back(input.clone().requires_grad_(true));
        const Tensor result = expression(copies);
        torch::manual_seed(3);
        (result * torch::randn_like(result)).sum().backward();
        results.push_back(result.detach());
        gradients.emplace_back();
        for (const Tensor& copy : copies)
            gradients.back().push_back(copy.grad());
    }
    expectClose(results[0], results[1], "value");
    for (size_t i = 0; i < inputs.size(); ++i)
        expectClose(gradients[0][i], gradients[1][i], "gradient of input " + std::to_string(i));
}

TEST(Kernels, RmsNormEqualsItsFormula)
{
    torch::manual_seed(1);
    expectSame([](const auto& in) { return rmsNorm(in[0], in[1], 1e-5); },
               [](const auto& in) { return plain::rmsNorm(in[0], in[1], 1e-5); },
               {torch::randn({3, 7, 40}), torch::randn({40})});
}

TEST(Kernels, SwiGluEqualsItsFormula)
{
    torch::manual_seed(1);
    expectSame([](const auto& in) { return swiGlu(in[0]); },
               [](const auto& in) { return plain::swiGlu(in[0]); }, {torch::randn({5, 66}) * 3.0});
}

TEST(Kernels, CausalAttentionEqualsItsFormulaAtAllBlockBorders)
{
    for (const int64_t tokens : {1, 2, 31, 128, 129, 300}) {
        SCOPED_TRACE(tokens);
        torch::manual_seed(tokens);
        const auto rotary = rotaryTable(512, 8, 1e4, torch::kCPU);
        expectSame([&](const auto& in) { return causalAttention(in[0], 3, rotary); },
                   [&](const auto& in) { return plain::causalAttention(in[0], 3, rotary); },
                   {torch::randn({2, tokens, 3 * 3 * 8})});
    }
}

TEST(Kernels, NextTokenLossEqualsCrossEntropy)
{
    torch::manual_seed(1);
    for (const int64_t rows : {1, 255, 256, 300}) {
        SCOPED_TRACE(rows);
        const Tensor targets = torch::randint(0, 50, {rows});
        expectSame([&](const auto& in) { return nextTokenLoss(in[0], in[1], targets); },
                   [&](const auto& in) { return plain::nextTokenLoss(in[0], in[1], targets); },
                   {torch::randn({rows, 12}), torch::randn({50, 12})});
    }
}

TEST(Kernels, MapsAreCausalAndSumToOne)
{
    torch::manual_seed(1);
    const auto maps = plain::attentionMaps(torch::randn({1, 6, 3 * 2 * 4}), 2,
                                           rotaryTable(8, 4, 1e4, torch::kCPU));

    expectClose(maps.sum(-1), torch::ones({1, 2, 6}), "row sums");
    EXPECT_EQ(maps.triu(1).abs().max().item<float>(), 0.0f);
}

// Two steps by the published formula in double precision.
TEST(Kernels, AdamwFollowsThePaper)
{
    torch::manual_seed(1);
    Tensor parameter = torch::randn({33}), first = torch::zeros({33}), second = torch::zeros({33});
    Tensor p = parameter.to(torch::kDouble), m = first.to(torch::kDouble),
           v = second.to(torch::kDouble);
    for (int64_t step = 1; step <= 2; ++step) {
        const Tensor gradient = torch::randn({33});
        adamw(parameter, gradient, first, second, {0.01, 0.9, 0.95, 1e-8, 0.1, 0.5, step});
        const Tensor g = gradient.to(torch::kDouble) * 0.5;
        m = 0.9 * m + 0.1 * g;
        v = 0.95 * v + 0.05 * g * g;
        const Tensor mHat = m / (1.0 - std::pow(0.9, step)),
                     vHat = v / (1.0 - std::pow(0.95, step));
        p = p - 0.01 * (mHat / (vHat.sqrt() + 1e-8) + 0.1 * p);
    }
    expectClose(parameter.to(torch::kDouble), p, "parameter");
}

} // namespace
} // namespace vitrine::learning
