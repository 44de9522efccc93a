#pragma once

#include "core/quant/vision/bit_search.h"
#include "core/quant/vision/bit_sensitivity.h"
#include "core/quant/vision/candidate_codes.h"
#include "core/quant/vision/weight_traces.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace vitrine::quant
{

// Bits of each layer, from coarse to fine (P²-ViT, section III-D; specification 6). Everything is
// measured on the training pictures of the task. Coarse: random choices within the budget, ordered
// by what the layers' weights lose times how much the answers feel it. Fine: an evolutionary search
// that begins with the best of them.
struct MixedSettings {
    double budget = 1.1;    // of MACs times bits, over those of the fewest bits everywhere [code]
    std::size_t draws = 51; // [code]
    BitSearchSettings search = {};
    WeightTraceSettings traces = {};
    std::uint64_t seed = 42;
};

// How near the answers of a network in codes are to the original's [D], for want of labels: the
// share of pictures with the same largest logit, less the squared error of all logits over their
// squares.
struct AnswerFit {
    double agreement = 0, error = 0;

    double fitness() const { return agreement - error; }
};
// `original`: its logits of each picture. By whole numbers where nothing stays in floating point,
// else simulated; both give the same. `goesOn` is asked now and then; false: cancelled.
Result<AnswerFit> answerFit(CodedVision coded, const std::vector<std::vector<float>>& pictures,
                            std::span<const std::vector<float>> original,
                            const std::function<bool()>& goesOn = {});

struct MixedBits {
    MixedNetwork network;
    std::vector<LayerSensitivity> sensitivity; // of each layer; of fixed ones the trace is 0
    BitConfig bits;                            // the choice
    AnswerFit fit;                             // of it
    std::int64_t cost = 0, budget = 0;         // MACs times bits
    double possible = 0;                       // choices within the budget with ties
    std::size_t drawn = 0;
    std::vector<BitIndividual> judged; // in order
};
// `task.settings.layerBits` and `weightBits` are not read. Input error for a network that is no ViT
// or DeiT; failure where no choice keeps within the budget. `task.progress` gets the share of all.
Result<MixedBits> chooseMixedBits(const VisionMethod& method, const VisionQuantTask& task,
                                  const MixedSettings& settings);

} // namespace vitrine::quant
