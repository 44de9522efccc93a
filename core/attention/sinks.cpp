#include "core/attention/sinks.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::attention
{

namespace
{

constexpr double kSinkFactor = 5;
constexpr double kSinkMass = 0.1;
constexpr double kStrongSinkMass = 0.3;

// Keys that row i sees.
double keysOf(std::int64_t row, std::int64_t window)
{
    return static_cast<double>(window > 0 ? std::min(row + 1, window) : row + 1);
}

// Mean over all rows of measure(keys seen by the row).
template <typename Measure>
double meanOverRows(std::int64_t tokens, std::int64_t window, Measure measure)
{
    double sum = 0;
    for (std::int64_t row = 0; row < tokens; ++row)
        sum += measure(keysOf(row, window));
    return tokens > 0 ? sum / static_cast<double>(tokens) : 0;
}

} // namespace

std::string_view sinkRuleName(SinkRule rule)
{
    switch (rule) {
    case SinkRule::absolute:
        return "absolute";
    case SinkRule::relative:
        return "relative";
    case SinkRule::uniform:
        break;
    }
    return "uniform";
}

std::optional<SinkRule> parseSinkRule(std::string_view name)
{
    for (const SinkRule rule : {SinkRule::absolute, SinkRule::relative, SinkRule::uniform})
        if (sinkRuleName(rule) == name)
            return rule;
    return std::nullopt;
}

std::vector<std::int32_t> columnRows(std::int64_t tokens, std::int64_t window)
{
    std::vector<std::int32_t> rows(static_cast<std::size_t>(tokens));
    for (std::int64_t j = 0; j < tokens; ++j) {
        const std::int64_t below = tokens - j;
        rows[static_cast<std::size_t>(j)] =
            static_cast<std::int32_t>(window > 0 ? std::min(below, window) : below);
    }
    return rows;
}

std::vector<double> uniformScore(std::int64_t tokens, std::int64_t window)
{
    // Sums over the last rows first: small terms are added before large ones.
    std::vector<double> score(static_cast<std::size_t>(tokens));
    double sum = 0;
    for (std::int64_t j = tokens - 1; j >= 0; --j) {
        sum += 1 / keysOf(j, window);
        if (window > 0 && j + window < tokens)
            sum -= 1 / keysOf(j + window, window);
        const std::int64_t rows = window > 0 ? std::min(tokens - j, window) : tokens - j;
        score[static_cast<std::size_t>(j)] = sum / static_cast<double>(rows);
    }
    return score;
}

double uniformFirstTokenMass(std::int64_t tokens, std::int64_t window)
{
    if (tokens < 2)
        return 0;
    double sum = 0;
    const std::int64_t last =
        window > 0 ? std::min(tokens, window) : tokens; // later rows do not see it
    for (std::int64_t row = last - 1; row >= 1; --row)
        sum += 1 / keysOf(row, window);
    return sum / static_cast<double>(tokens - 1);
}

double uniformEntropy(std::int64_t tokens, std::int64_t window)
{
    return meanOverRows(tokens, window, [](double keys) { return std::log(keys); });
}

double uniformDistance(std::int64_t tokens, std::int64_t window)
{
    return meanOverRows(tokens, window, [](double keys) { return (keys - 1) / 2; });
}

std::vector<double> thresholds(std::int64_t tokens, const SinkOptions& options, std::int64_t window)
{
    const auto count = static_cast<std::size_t>(tokens);
    switch (options.rule) {
    case SinkRule::absolute:
        return std::vector<double>(count, options.tau);
    case SinkRule::relative: // ACT: tau = alpha / N
        return std::vector<double>(
            count, options.alpha / static_cast<double>(std::max<std::int64_t>(tokens, 1)));
    case SinkRule::uniform:
        break;
    }
    std::vector<double> values = uniformScore(tokens, window);
    for (double& value : values)
        value *= options.alpha;
    return values;
}

std::vector<Sink> findSinks(std::span<const float> columnScore, std::span<const std::int32_t> rows,
                            const SinkOptions& options)
{
    assert(columnScore.size() == rows.size());
    const auto tokens = static_cast<std::int64_t>(columnScore.size());
    const std::int64_t window = tokens > 0 && rows[0] < tokens ? rows[0] : 0;
    const std::vector<double> threshold = thresholds(tokens, options, window);
    const std::vector<double> uniform = uniformScore(tokens, window);

    std::vector<Sink> sinks;
    for (std::size_t j = static_cast<std::size_t>(std::max(options.protect, 0));
         j < columnScore.size(); ++j) {
        const double score = columnScore[j];
        if (rows[j] >= options.minRows && score > threshold[j])
            sinks.push_back({static_cast<std::int32_t>(j), score, score / uniform[j], rows[j]});
    }
    std::ranges::sort(sinks, [](const Sink& a, const Sink& b) {
        return a.score != b.score ? a.score > b.score : a.position < b.position;
    });
    return sinks;
}

bool areFinite(std::span<const float> columnScore)
{
    return std::ranges::all_of(columnScore, [](float score) { return std::isfinite(score); });
}

SinkMass sinkMass(const std::vector<Sink>& sinks, std::int64_t tokens)
{
    SinkMass result;
    if (tokens < 2)
        return result;
    for (const Sink& sink : sinks) {
        // Row 0 gives everything to column 0 and counts in neither sum.
        const double self = sink.position == 0 ? 1 : 0;
        result.mass += sink.score * sink.rows - self;
        result.uniform += sink.score / sink.scoreOverUniform * sink.rows - self;
    }
    result.mass /= static_cast<double>(tokens - 1);
    result.uniform /= static_cast<double>(tokens - 1);
    return result;
}

bool hasFirstTokenSink(double firstTokenMass, std::int64_t tokens, std::int64_t window)
{
    return firstTokenMass >= kSinkFactor * uniformFirstTokenMass(tokens, window) &&
           firstTokenMass >= kSinkMass;
}

bool hasStrongFirstTokenSink(double firstTokenMass, std::int64_t tokens, std::int64_t window)
{
    return hasFirstTokenSink(firstTokenMass, tokens, window) && firstTokenMass >= kStrongSinkMass;
}

} // namespace vitrine::attention
