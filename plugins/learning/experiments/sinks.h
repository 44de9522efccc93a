#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/model/llm/llm.h"

// Sinks of a model as its card tells them: means over several texts.
namespace vitrine::learning_plugin
{

using Texts = std::vector<std::vector<std::int32_t>>; // each begins with BOS

struct FirstTokenSinks {
    double share = 0,
           strongShare = 0;  // of all heads: the mean mass at least max(0.1, 5 x uniform); and 0.3
    double meanOfShares = 0; // the share counted in each text alone, then averaged
    double mass = 0, best = 0; // mean over heads of layers >= 2; highest head
};
// The first `tokens` tokens of each text; every text must have them.
Result<FirstTokenSinks> firstTokenSinks(const model::Llm& llm, const Texts& texts,
                                        std::int64_t tokens, const std::function<bool()>& goOn);

struct LaterSinks {
    double best =
        0; // mean weight that the second BOS receives from the rows after it, highest head
    double first = 0; // the same head's on position 0
    double share = 0; // of all heads: at least 0.1 and 5 times the uniform value
};
// Each text's first half, then BOS and the beginning of `seconds` of the same index.
Result<LaterSinks> laterSinks(const model::Llm& llm, const Texts& texts, const Texts& seconds,
                              std::int64_t tokens, const std::function<bool()>& goOn);

} // namespace vitrine::learning_plugin
