#pragma once

#include <torch/torch.h>

#include <cstdint>

// ViTALiTy (Dass et al., HPCA 2023): attention without softmax. Every q, k, v and result is batch x
// heads x tokens x size, as the attention hook of a DeiT has them.
namespace vitrine::learning
{

// Keys minus their mean over the tokens: softmax does not see the difference, 1 + s does.
torch::Tensor centredKeys(const torch::Tensor& k);

// First order Taylor attention, algorithm 1, in time linear in the tokens:
//   G = khat^T v, t_D = n sqrt(d) + q khatSum^T, T_N = sqrt(d) vSum + q G, z = T_N / t_D.
torch::Tensor taylorAttention(const torch::Tensor& q, const torch::Tensor& k,
                              const torch::Tensor& v);

// The same as a map, batch x heads x tokens x tokens: rows sum to 1, weights below 0 are possible.
torch::Tensor taylorMap(const torch::Tensor& q, const torch::Tensor& k);

// Whose least and largest value span the few bits.
enum class FewBitRange { batch, picture };

// Values rounded to 2^bits equidistant ones between the least and the largest. Without gradient.
torch::Tensor fewBits(const torch::Tensor& x, int64_t bits, FewBitRange range = FewBitRange::batch);

struct SparsePart {
    double threshold = 0.002; // of the predicted weight; 0 keeps every entry, 1 none
    int64_t bits = 4;         // of q and k in the prediction
    FewBitRange range = FewBitRange::batch;
};

// Where the softmax of few-bit q and k exceeds the threshold: 1, else 0. Without gradient.
torch::Tensor predictedMask(const torch::Tensor& q, const torch::Tensor& k, const SparsePart& part);

// For training only: low rank plus sparse. The sparse part is what the Taylor map leaves of
// softmax, at the places of the mask; so a threshold of 0 gives softmax attention and 1 gives
// taylorAttention. In use the sparse part is dropped: taylorAttention. (The released code adds the
// predicted weights themselves and leaves out the denominator; this follows the paper.)
torch::Tensor unifiedAttention(const torch::Tensor& q, const torch::Tensor& k,
                               const torch::Tensor& v, const SparsePart& part);

} // namespace vitrine::learning
