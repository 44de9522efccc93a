#pragma once

#include <torch/torch.h>

#include <functional>
#include <vector>

namespace vitrine::learning::codec
{

// The largest difference between the gradients of f (a number, F64) and central differences,
// relative to the largest gradient, over every element of the inputs.
inline double
gradientError(const std::function<torch::Tensor(const std::vector<torch::Tensor>&)>& f,
              std::vector<torch::Tensor> inputs)
{
    for (auto& input : inputs)
        input.requires_grad_();
    const auto exact = torch::autograd::grad({f(inputs)}, inputs);
    const torch::NoGradGuard noGradient;
    double worst = 0.0, largest = 1e-12;
    for (size_t i = 0; i < inputs.size(); ++i) {
        auto values = inputs[i].flatten(); // a view: the inputs are contiguous
        const auto gradient = exact[i].contiguous().flatten();
        for (int64_t j = 0; j < values.numel(); ++j) {
            constexpr double h = 1e-6;
            const double at = values[j].item<double>();
            values[j] = at + h;
            const double above = f(inputs).item<double>();
            values[j] = at - h;
            const double below = f(inputs).item<double>();
            values[j] = at;
            const double g = gradient[j].item<double>();
            largest = std::max(largest, std::abs(g));
            worst = std::max(worst, std::abs(g - (above - below) / (2 * h)));
        }
    }
    return worst / largest;
}

} // namespace vitrine::learning::codec
