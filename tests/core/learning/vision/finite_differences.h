#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <functional>
#include <string>
#include <vector>

namespace vitrine::learning
{

using TensorFunction = std::function<torch::Tensor(const std::vector<torch::Tensor>&)>;

// The gradients of a weighted sum of the result against central differences, every component, F64.
// A step of 1e-6 leaves an error of about 1e-9 where the function is smooth.
inline void expectGradients(const TensorFunction& f, std::vector<torch::Tensor> inputs,
                            double tolerance = 1e-6)
{
    for (torch::Tensor& input : inputs)
        input = input.detach().to(torch::kDouble).clone().requires_grad_(true);
    const torch::Tensor result = f(inputs);
    torch::manual_seed(17);
    const torch::Tensor weights = torch::randn_like(result);
    const auto gradients = torch::autograd::grad({(result * weights).sum()}, inputs);

    const torch::NoGradGuard guard;
    for (size_t i = 0; i < inputs.size(); ++i) {
        double* values = inputs[i].data_ptr<double>();
        const torch::Tensor gradient = gradients[i].contiguous();
        for (int64_t j = 0; j < inputs[i].numel(); ++j) {
            constexpr double kStep = 1e-6;
            const double kept = values[j];
            const auto at = [&](double value) {
                values[j] = value;
                return (f(inputs) * weights).sum().item<double>();
            };
            const double numeric = (at(kept + kStep) - at(kept - kStep)) / (2.0 * kStep);
            values[j] = kept;
            ASSERT_NEAR(gradient.data_ptr<double>()[j], numeric, tolerance)
                << "input " << i << ", component " << j;
        }
    }
}

// Same value and same gradients of a weighted sum, F32, to `tolerance` of the largest.
inline void expectSameFunction(const TensorFunction& fast, const TensorFunction& slow,
                               const std::vector<torch::Tensor>& inputs, double tolerance = 2e-5)
{
    const auto run = [&](const TensorFunction& f) {
        std::vector<torch::Tensor> leaves;
        for (const torch::Tensor& input : inputs)
            leaves.push_back(input.clone().requires_grad_(true));
        const torch::Tensor result = f(leaves);
        torch::manual_seed(3);
        auto all = torch::autograd::grad({(result * torch::randn_like(result)).sum()}, leaves);
        all.push_back(result.detach());
        return all;
    };
    const auto one = run(fast), other = run(slow);
    for (size_t i = 0; i < one.size(); ++i) {
        const double scale = other[i].abs().max().item<double>() + 1e-12;
        EXPECT_LT((one[i] - other[i]).abs().max().item<double>() / scale, tolerance) << i;
    }
}

inline int64_t trainableCount(const torch::nn::Module& module)
{
    int64_t count = 0;
    for (const torch::Tensor& parameter : module.parameters())
        count += parameter.numel();
    return count;
}

} // namespace vitrine::learning
