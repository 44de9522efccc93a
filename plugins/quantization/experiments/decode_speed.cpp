#include "plugins/quantization/experiments/decode_speed.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>

namespace vitrine::quantization_plugin
{

Result<double> decodeSpeed(const model::Llm& llm, std::int32_t first, std::int64_t tokens,
                           Progress& progress)
{
    using Clock = std::chrono::steady_clock;
    std::array<double, 3> rates = {};
    for (double& rate : rates) {
        VITRINE_TRY(const auto cache, llm.newCache(tokens + 1));
        std::int32_t id = first;
        VITRINE_TRY(auto logits, llm.decode(*cache, std::span(&id, 1))); // warm
        const auto start = Clock::now();
        for (std::int64_t t = 0; t < tokens; ++t) {
            if (progress.isCancelled())
                return cancelled();
            id = static_cast<std::int32_t>(std::ranges::max_element(logits) - logits.begin());
            VITRINE_TRY(logits, llm.decode(*cache, std::span(&id, 1)));
        }
        rate = static_cast<double>(tokens) /
               std::chrono::duration<double>(Clock::now() - start).count();
    }
    std::ranges::sort(rates);
    return rates[1];
}

} // namespace vitrine::quantization_plugin
