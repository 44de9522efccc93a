#pragma once

#include "core/learning/nets/codec/tables.h"

#include <torch/torch.h>

// How many bits a symbol costs, for training and for measuring.
namespace vitrine::learning::codec
{

// Bits of `offsets` (value minus mean) in bins of width one under a normal of deviation
// exp(logSigma), logSigma held within ln 0.11 .. ln 64: -log2(Phi((s + 1/2) / sigma) - Phi((s -
// 1/2) / sigma)) (Balle et al. 2018, arXiv:1802.01436, eq. 6 and appendix). Elementwise and
// differentiable in both, in F32 and F64. A logSigma at a bound has a gradient only if it points
// inside. Far outside (p < 1e-200) the density stands for the bin.
torch::Tensor gaussianBits(const torch::Tensor& offsets, const torch::Tensor& logSigma);

// The same for a logistic density of mean and log scale; broadcasts.
torch::Tensor logisticBits(const torch::Tensor& values, const torch::Tensor& mean,
                           const torch::Tensor& logScale);

// round(x) forwards, the identity backwards.
torch::Tensor roundThrough(const torch::Tensor& x);

} // namespace vitrine::learning::codec
