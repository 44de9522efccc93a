#pragma once

#include <torch/torch.h>

#include <cstdint>

// Weights whose products are shifts: sign * 2^p (DeepShift, Elhoushi et al. 2021, as ShiftAddViT
// uses it).
namespace vitrine::learning
{

// From a kept real weight: sign(w) * 2^round(log2 |w|), exponents in lowest..0; 0 stays 0. The
// gradient passes straight through ("Q mode").
torch::Tensor powerOfTwo(const torch::Tensor& weight, int64_t lowest = -15);

// From kept exponents and signs ("PS mode"): 2^p * s with p = round(shift) in -(2^(bits - 1) -
// 2)..0 and s = sign(round(sign)), one of -1, 0, 1. As in the release, the gradient of sign is that
// of the weight, that of shift is the weight's times s 2^p ln 2; both pass the rounding straight
// through.
torch::Tensor shiftAndSign(const torch::Tensor& shift, const torch::Tensor& sign, int64_t bits = 5);

// Where PS mode starts from a trained weight.
struct ShiftAndSign {
    torch::Tensor shift, sign;
};
ShiftAndSign shiftAndSignOf(const torch::Tensor& weight, int64_t bits = 5);

// Activations of 16 integer and 16 fraction bits, rounded down; the gradient passes inside the
// range.
torch::Tensor fixedPoint(const torch::Tensor& x);

} // namespace vitrine::learning
