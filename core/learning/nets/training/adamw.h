#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning
{

// One AdamW step (Loshchilov & Hutter 2019, algorithm 2) on one tensor and its two moments, in
// place.
struct AdamwStep {
    double learningRate, beta1, beta2, epsilon, weightDecay;
    double gradientScale; // from clipping the global norm
    int64_t step;         // 1 for the first
};
void adamw(torch::Tensor& parameter, const torch::Tensor& gradient, torch::Tensor& first,
           torch::Tensor& second, const AdamwStep& how);

} // namespace vitrine::learning
