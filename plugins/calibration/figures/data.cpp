#include "plugins/calibration/figures/data.h"

#include "core/base/format.h"

#include <algorithm>
#include <cmath>

namespace vitrine::calibration_plugin
{
namespace
{

constexpr std::int64_t kMostLayers = 512, kMostHeads = 4096, kMostTokens = 1 << 24;

} // namespace

std::optional<LayerHead> headOf(const RowReader& row)
{
    const auto layer = row.whole("layer", 0, kMostLayers - 1),
               head = row.whole("head", 0, kMostHeads - 1);
    if (!layer || !head)
        return std::nullopt;
    return LayerHead{static_cast<int>(*layer), static_cast<int>(*head)};
}

std::vector<TunedHead> tunedHeads(const RunResult& result)
{
    std::vector<TunedHead> heads;
    const Table* table = result.table("heads");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        TunedHead head;
        if (const auto id = headOf(row))
            head.id = *id;
        else
            continue;
        head.eligible = row.flag("eligible");
        head.calibrated = row.flag("calibrated");
        head.beta = row.number("beta", 1);
        head.sinks = row.whole("sinks");
        head.firstTokenMass = row.number("first_token_mass", 0);
        head.firstTokenMassAfter = row.number("first_token_mass_after", head.firstTokenMass);
        head.sinkMass = row.number("sink_mass", 0);
        head.sinkMassAfter = row.number("sink_mass_after", head.sinkMass);
        head.entropy = row.number("entropy", 0);
        head.entropyAfter = row.number("entropy_after", head.entropy);
        head.rowsModified = row.whole("rows_modified");
        head.massMoved = row.number("mass_moved", 0);
        heads.push_back(head);
    }
    std::ranges::sort(heads, {}, &TunedHead::id);
    return heads;
}

std::vector<TunedSink> tunedSinks(const RunResult& result)
{
    std::vector<TunedSink> sinks;
    const Table* table = result.table("sinks");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        TunedSink sink;
        const auto head = headOf(row);
        const auto position = row.whole("position", 0, kMostTokens);
        if (!head || !position)
            continue;
        sink.head = *head;
        sink.position = *position;
        sink.token = row.text("token");
        sink.score = row.number("score", 0);
        sink.scoreOverUniform = row.number("score_over_uniform", 0);
        sink.scoreAfter = row.number("score_after", sink.score);
        sink.applied = row.flag("applied");
        sinks.push_back(std::move(sink));
    }
    return sinks;
}

std::vector<NextToken> nextTokens(const RunResult& result)
{
    std::vector<NextToken> tokens;
    const Table* table = result.table("next");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        tokens.push_back(
            {row.text("token"), row.whole("id"), row.number("before", 0), row.number("after", 0)});
    }
    return tokens;
}

std::string ruleText(const attention::SinkOptions& options)
{
    switch (options.rule) {
    case attention::SinkRule::absolute:
        return fmt::format("s > {}", shortest(options.tau));
    case attention::SinkRule::relative:
        return fmt::format("s > {}/N", shortest(options.alpha));
    case attention::SinkRule::uniform:
        break;
    }
    return fmt::format("s > {} u", shortest(options.alpha));
}

} // namespace vitrine::calibration_plugin
