#include "core/model/vision/classification.h"

#include "core/model/vision/vision_model.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::model
{

Classified classified(std::span<const float> logits, std::int64_t label)
{
    assert(!logits.empty());
    const std::vector<float> shares = probabilities(logits);
    const auto best = static_cast<std::size_t>(std::ranges::max_element(logits) - logits.begin());
    float second = -INFINITY;
    for (std::size_t i = 0; i < logits.size(); ++i)
        if (i != best)
            second = std::max(second, logits[i]);
    const bool isKnown = label >= 0 && label < static_cast<std::int64_t>(logits.size());
    return {label, static_cast<std::int64_t>(best), shares[best],
            isKnown ? shares[static_cast<std::size_t>(label)] : 0, logits[best] - second};
}

Confusion confusion(std::span<const Classified> answers)
{
    Confusion counts;
    for (const Classified& answer : answers)
        ++counts[{answer.label, answer.best}];
    return counts;
}

std::vector<ReliabilityBin> reliability(std::span<const Classified> answers, int bins)
{
    std::vector<ReliabilityBin> all(static_cast<std::size_t>(bins));
    for (int bin = 0; bin < bins; ++bin)
        all[static_cast<std::size_t>(bin)] = {.low = static_cast<double>(bin) / bins,
                                              .high = static_cast<double>(bin + 1) / bins};
    for (const Classified& answer : answers) {
        const auto place = static_cast<int>(static_cast<double>(answer.probability) * bins);
        ReliabilityBin& bin = all[static_cast<std::size_t>(std::clamp(place, 0, bins - 1))];
        ++bin.answers;
        bin.right += answer.isRight();
        bin.meanProbability += static_cast<double>(answer.probability);
    }
    for (ReliabilityBin& bin : all)
        if (bin.answers > 0)
            bin.meanProbability /= static_cast<double>(bin.answers);
    return all;
}

double calibrationError(std::span<const ReliabilityBin> bins)
{
    double sum = 0;
    std::int64_t answers = 0;
    for (const ReliabilityBin& bin : bins) {
        answers += bin.answers;
        sum += std::abs(static_cast<double>(bin.right) -
                        bin.meanProbability * static_cast<double>(bin.answers));
    }
    return answers > 0 ? sum / static_cast<double>(answers) : 0;
}

} // namespace vitrine::model
