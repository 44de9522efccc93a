#include "plugins/common/stored_sinks.h"

#include "core/jobs/experiment/read_run.h"

namespace vitrine
{

attention::SinkOptions storedSinkOptions(const Params& params)
{
    constexpr int kMost = 1'000'000;
    const auto within = [&](const char* name, double high, double fallback) {
        const double value = parameterNumber(params, name, fallback);
        return value >= 0 && value <= high ? value : fallback;
    };
    attention::SinkOptions options;
    options.rule = attention::parseSinkRule(parameterText(params, "rule")).value_or(options.rule);
    options.tau = within("tau", 1, options.tau);
    options.alpha = within("alpha", kMost, options.alpha);
    options.protect = parameterWhole(params, "protect", 0, kMost, options.protect);
    options.minRows = parameterWhole(params, "min_rows", 0, kMost, options.minRows);
    return options;
}

} // namespace vitrine
