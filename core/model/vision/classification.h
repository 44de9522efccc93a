#pragma once

#include <cstdint>
#include <span>
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

// How often the class of a row (what it is) was called that of a column. Labels and answers outside
// are left out.
std::vector<std::int64_t> confusion(std::span<const Classified> answers, std::int64_t classes);

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
