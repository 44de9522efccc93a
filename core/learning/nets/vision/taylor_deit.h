#pragma once

#include "core/learning/nets/vision/classifier.h"
#include "core/learning/nets/vision/deit.h"
#include "core/learning/nets/vision/taylor_attention.h"

// A DeiT with ViTALiTy's attention.
namespace vitrine::learning
{

enum class DeitAttention {
    lowRank, // Taylor attention alone: what is used
    unified, // with the sparse part, as in training
    softmax, // the one it was taken from
};

// The logits of `net` with that attention; the hook of its attention is set for the call.
torch::Tensor taylorLogits(Deit net, DeitAttention attention, const SparsePart& part,
                           const torch::Tensor& pictures, Chance* chance = nullptr);

// The sparse part's threshold at a step of a training: it grows evenly to 1 by step `until`, from
// where on the low-rank part learns alone; `until` 0: it stays. Ours: where the sparse part keeps
// what it was given, the low-rank part never learns to do without.
double thresholdAt(int64_t step, double threshold, int64_t until);

// What a classifier needs of it: trains with both parts, is chosen and scored by the low-rank part
// alone. The card also says what the sparse part (its range each picture's own) and softmax with
// the same weights would give. Without configJson, source and dataName, which are the caller's.
ClassifierParts taylorDeitParts(const DeitConfig& config, uint64_t seed, const SparsePart& part,
                                int64_t sparseUntil = 0);

} // namespace vitrine::learning
