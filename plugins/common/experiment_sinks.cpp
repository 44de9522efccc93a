#include "plugins/common/experiment_sinks.h"

#include "core/jobs/experiment/read_run.h"
#include "plugins/common/experiment_input.h"

namespace vitrine
{

std::vector<ParamSpec> sinkParams(const attention::SinkOptions& defaults)
{
    ParamSpec rule;
    rule.name = "rule";
    rule.label = "Sink rule";
    rule.type = ParamType::choice;
    rule.help = "When a column counts as a sink; s[j] is the mean weight it receives from the "
                "queries that see it";
    rule.group = "Sinks";
    rule.choices = {
        {"uniform", "s > α · u[j]",
         "Over α times what uniform attention gives this column: no bias towards the start (ours)"},
        {"relative", "s > α / N",
         "The paper's; flags the first columns of a uniform head, for they have large s anyway"},
        {"absolute", "s > τ",
         "The released code's; strict for long texts, lenient for short ones"}};
    rule.fallback = ParamValue(std::string(attention::sinkRuleName(defaults.rule)));
    ParamSpec tau = numberParam(
        "tau", "Threshold τ", "Sinks",
        "Rule absolute: least mean weight of a sink. One value for all lengths favours short texts",
        0, 1, defaults.tau);
    ParamSpec alpha = numberParam(
        "alpha", "Factor α", "Sinks",
        "Rules relative and uniform: how many times the even share. 3 to 7 in the paper's ablation",
        0, 1000, defaults.alpha);
    alpha.logarithmic = true;
    ParamSpec protect = numberParam(
        "protect", "Protected tokens", "Sinks",
        "The first columns are never listed: the initial token is a sink of another kind", 0,
        1000000, std::int64_t{defaults.protect});
    ParamSpec rows = numberParam("min_rows", "Supporting rows", "Sinks",
                                 "Columns seen by fewer queries are not listed: the last tokens "
                                 "average over few rows and cross any threshold easily",
                                 1, 1000000, std::int64_t{defaults.minRows});
    return {rule, tau, alpha, protect, rows};
}

attention::SinkOptions sinkOptions(const Params& params, const attention::SinkOptions& otherwise)
{
    constexpr int kMost = 1 << 20;
    const auto within = [&](const char* name, double high, double fallback) {
        const double value = parameterNumber(params, name, fallback);
        return value >= 0 && value <= high ? value : fallback;
    };
    attention::SinkOptions options = otherwise;
    options.rule = attention::parseSinkRule(parameterText(params, "rule")).value_or(options.rule);
    options.tau = within("tau", 1, options.tau);
    options.alpha = within("alpha", 1e6, options.alpha);
    options.protect = parameterWhole(params, "protect", 0, kMost, options.protect);
    options.minRows = parameterWhole(params, "min_rows", 0, kMost, options.minRows);
    return options;
}

Params paramsOf(const attention::SinkOptions& options)
{
    Params params;
    params.set("rule", std::string(attention::sinkRuleName(options.rule)));
    params.set("tau", options.tau);
    params.set("alpha", options.alpha);
    params.set("protect", std::int64_t{options.protect});
    params.set("min_rows", std::int64_t{options.minRows});
    return params;
}

} // namespace vitrine
