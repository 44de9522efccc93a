#include "plugins/learning/experiments/sinks.h"

#include <algorithm>
#include <cmath>

#include "core/attention/sinks.h"

namespace vitrine::learning_plugin
{

namespace
{

using Masses = std::vector<double>; // layer by layer, head by head

// Mean weight on `column` of the rows below it, for every head.
Result<Masses> massOn(const model::Llm& llm, const std::vector<std::int32_t>& ids,
                      std::int64_t column)
{
    const auto& config = llm.config();
    const auto tokens = static_cast<std::int64_t>(ids.size());
    model::ForwardRequest request;
    request.logits = false;
    for (int layer = 0; layer < config.layers; ++layer)
        request.maps.push_back(layer);
    VITRINE_TRY(const auto result, llm.forward(ids, request));
    Masses masses;
    for (const auto& maps : result.maps) {
        for (std::int64_t head = 0; head < config.heads; ++head) {
            const float* map = maps.data() + head * tokens * tokens;
            double sum = 0;
            for (std::int64_t row = column + 1; row < tokens; ++row)
                sum += static_cast<double>(map[row * tokens + column]);
            masses.push_back(sum / static_cast<double>(tokens - column - 1));
        }
    }
    return masses;
}

void add(Masses& sum, const Masses& more)
{
    sum.resize(more.size());
    for (std::size_t i = 0; i < more.size(); ++i)
        sum[i] += more[i];
}

double shareOf(const Masses& masses, double threshold)
{
    const auto count =
        std::ranges::count_if(masses, [&](double mass) { return mass >= threshold; });
    return static_cast<double>(count) /
           static_cast<double>(std::max<std::size_t>(masses.size(), 1));
}

} // namespace

Result<FirstTokenSinks> firstTokenSinks(const model::Llm& llm, const Texts& texts,
                                        std::int64_t tokens, const std::function<bool()>& goOn)
{
    FirstTokenSinks result;
    const double threshold = std::max(0.1, 5 * attention::uniformFirstTokenMass(tokens));
    Masses mean;
    for (const auto& text : texts) {
        if (!goOn())
            return cancelled();
        VITRINE_TRY(const Masses masses, massOn(llm, {text.begin(), text.begin() + tokens}, 0));
        add(mean, masses);
        result.meanOfShares += shareOf(masses, threshold) / static_cast<double>(texts.size());
    }
    for (double& mass : mean)
        mass /= static_cast<double>(texts.size());
    result.share = shareOf(mean, threshold);
    result.strongShare = shareOf(mean, std::max(0.3, threshold));
    result.best = *std::ranges::max_element(mean);
    const auto from = static_cast<std::size_t>(std::min<std::int64_t>(2, llm.config().layers - 1) *
                                               llm.config().heads);
    for (std::size_t i = from; i < mean.size(); ++i)
        result.mass += mean[i] / static_cast<double>(mean.size() - from);
    return result;
}

Result<LaterSinks> laterSinks(const model::Llm& llm, const Texts& texts, const Texts& seconds,
                              std::int64_t tokens, const std::function<bool()>& goOn)
{
    const std::int64_t second = tokens / 2;
    Masses later, first;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (!goOn())
            return cancelled();
        std::vector<std::int32_t> ids(texts[i].begin(), texts[i].begin() + second);
        ids.insert(ids.end(), seconds[i].begin(), seconds[i].begin() + (tokens - second));
        VITRINE_TRY(const Masses onSecond, massOn(llm, ids, second));
        VITRINE_TRY(const Masses onFirst, massOn(llm, ids, 0));
        add(later, onSecond);
        add(first, onFirst);
    }
    // Under uniform attention row i (from 0) gives 1 / (i + 1).
    double uniform = 0;
    for (std::int64_t row = tokens - 1; row > second; --row)
        uniform += 1 / static_cast<double>(row + 1);
    uniform /= static_cast<double>(tokens - second - 1);
    const auto count = static_cast<double>(texts.size());
    const auto best = static_cast<std::size_t>(std::ranges::max_element(later) - later.begin());
    LaterSinks result{later[best] / count, first[best] / count, 0};
    result.share = shareOf(later, std::max(0.1, 5 * uniform) * count);
    return result;
}

} // namespace vitrine::learning_plugin
