#pragma once

#include "core/learning/nets/training/chance.h"

#include <torch/torch.h>

namespace vitrine::learning
{

struct MixtureOptions {
    double latencyMult = 6.0, latencyShift = 4.0; // of the two experts, any unit
    double noise = 0.5;                           // deviation on the router's logits in training
};

// Squared coefficient of variation: unbiased variance / mean^2 (Shazeer et al. 2017). 0 for equal
// values.
torch::Tensor squaredVariation(const torch::Tensor& values);

// ShiftAddViT's latency-aware load balance: alpha_i = latency_i / sum of latencies, and
//   squaredVariation(alpha_i sum_x p_i(x)) + squaredVariation(alpha_i sum_x q_i(x)),
// p: softmax of the clean logits, q_i: chance that expert i stays first under the noise. Both
// logits are tokens x 2. It is 0 where tokens go to the experts in the inverse ratio of their
// latencies.
torch::Tensor balanceLoss(const torch::Tensor& clean, const torch::Tensor& noisy,
                          const MixtureOptions& options);

// A linear layer of two experts, one that multiplies and one whose weights are signed powers of
// two; a router sends each token to one of them. Parameters: mult.weight, mult.bias, shift.weight
// (real, rounded as it is used), shift.bias, router.weight, router.bias.
class MixtureLinearImpl : public torch::nn::Module
{
public:
    // Both experts start from the trained layer; the router starts undecided. bias may be
    // undefined.
    MixtureLinearImpl(const torch::Tensor& weight, const torch::Tensor& bias,
                      const MixtureOptions& options);

    // x: tokens x inputs, gives tokens x outputs. With `chance` the router's choice is noisy and
    // balance() has a value afterwards. The gate is 1, as in the release; its gradient is that of
    // the chosen probability, so that the router learns from the task too (a departure: there it
    // does not).
    torch::Tensor forward(const torch::Tensor& x, Chance* chance = nullptr);

    // The expert that multiplies, for every token: before the mixture is trained.
    torch::Tensor multiplied(const torch::Tensor& x) const { return expert(0, x); }
    // The expert that shifts becomes the one that multiplies, rounded.
    void shiftFollowsMult();

    const torch::Tensor& balance() const { return balance_; } // of the last forward with chance
    const torch::Tensor& chosen() const { return chosen_; } // 0: mult, 1: shift; one for each token

private:
    torch::Tensor expert(int64_t which, const torch::Tensor& x) const;

    MixtureOptions options_;
    torch::Tensor weights_[2], biases_[2];
    torch::nn::Linear router_{nullptr};
    torch::Tensor balance_, chosen_;
};
TORCH_MODULE(MixtureLinear);

} // namespace vitrine::learning
