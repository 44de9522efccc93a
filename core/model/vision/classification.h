#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

// What a classifier's answers to labelled pictures say of it.
namespace vitrine::model
{

struct Classified {
    std::int64_t label = 0, best = 0; // the class it is, the class with the largest logit
    float probability = 0;            // of the best
    float ofLabel = 0;                // probability of the class it is
    float margin = 0;                 // logit of the best above that of the second

    bool isRight() const { return label == best; }
};

// The first of equal logits is the best. At least one logit; `label` may be outside (then its
// probability is 0).
Classified classified(std::span<const float> logits, std::int64_t label);

// How often a class (first: what it is) was called another (second); pairs that never came are not
// there. In the order of the classes.
using Confusion = std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t>;
Confusion confusion(std::span<const Classified> answers);

// Answers whose probability lies in one of equal parts of 0 to 1 (Guo et al. 2017): a calibrated
// classifier is right as often as it says.
struct ReliabilityBin {
    double low = 0, high = 0;
    std::int64_t answers = 0, right = 0;
    double meanProbability = 0; // of the answers; 0 without any
};
std::vector<ReliabilityBin> reliability(std::span<const Classified> answers, int bins = 15);
// Mean distance between what is said and what is so, weighed by answers (Guo et al. 2017, eq. 3).
double calibrationError(std::span<const ReliabilityBin> bins);

} // namespace vitrine::model
