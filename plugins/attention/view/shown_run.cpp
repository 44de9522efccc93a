#include "plugins/attention/view/shown_run.h"

#include "core/attention/comparable.h"
#include "core/figure/not_finite.h"
#include "core/jobs/experiment/run_label.h"
#include "plugins/common/map_figures.h"
#include "plugins/common/view/capture_parts.h"
#include "widgets/map/difference_tiles.h"
#include "widgets/theme/text.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vitrine::attention_plugin
{
namespace
{

HeadRow rowOf(const ShownRun& run, const attention::SinkOptions& options, std::int64_t layerIndex,
              int head)
{
    const attention::Capture& capture = *run.capture;
    const auto score = capture.columnScore(layerIndex, head);
    const auto sinks = attention::findSinks(score, capture.columnRows(), options);
    const bool isKnown = attention::areFinite(score);
    return {.id = {capture.layerIds()[static_cast<std::size_t>(layerIndex)], head},
            .firstTokenMass = capture.firstTokenMass(layerIndex, head),
            .sinkMass = isKnown ? sinkMass(sinks, capture.tokens()).mass : std::nan(""),
            .entropy = capture.entropy(layerIndex, head),
            .distance = capture.distance(layerIndex, head),
            .sinks = isKnown ? static_cast<double>(sinks.size()) : std::nan(""),
            .difference = {}};
}

} // namespace

std::optional<std::int64_t> ShownRun::layerIndex(LayerHead head) const
{
    const std::int64_t place = layerIndexOf(*capture, head);
    return place < 0 ? std::nullopt : std::optional(place);
}

Result<ShownRun> openRun(const RunHandle& run)
{
    const Artifact* artifact = run->result.artifact("capture.safetensors");
    if (!artifact)
        return inputError("run {} has no capture.safetensors; run it again to make one",
                          run->number);
    VITRINE_TRY(auto capture, attention::Capture::open(artifact->path));
    CapturedWords words = wordsOf(capture);
    return ShownRun{.run = run,
                    .capture = std::make_shared<const attention::Capture>(std::move(capture)),
                    .tokens = std::move(words.tokens),
                    .gaps = std::move(words.gaps),
                    .name = fromUtf8(runLabel(*run))};
}

std::vector<HeadRow> headRows(const ShownRun& run, const attention::SinkOptions& options,
                              const ShownRun* first)
{
    std::vector<HeadRow> rows;
    const bool comparable = first && whyNoDifference(*first, run).isEmpty();
    for (std::int64_t layer = 0; layer < run.capture->layers(); ++layer)
        for (int head = 0; head < run.capture->heads(); ++head) {
            HeadRow row = rowOf(run, options, layer, head);
            const auto other = comparable ? first->layerIndex(row.id) : std::nullopt;
            if (other)
                row.difference = attention::massMoved(first->capture->columnScore(*other, head),
                                                      run.capture->columnScore(layer, head),
                                                      run.capture->columnRows());
            rows.push_back(row);
        }
    return rows;
}

double scoreOf(const HeadRow& row, Score score)
{
    switch (score) {
    case Score::firstTokenMass:
        return row.firstTokenMass;
    case Score::sinkMass:
        return row.sinkMass;
    case Score::entropy:
        return row.entropy;
    case Score::difference:
        return row.difference.value_or(std::nan(""));
    }
    return std::nan("");
}

QString whyNoDifference(const ShownRun& a, const ShownRun& b)
{
    const std::string reason = whyNotComparable(*a.capture, *b.capture);
    return reason.empty() ? QString()
                          : QStringLiteral("No difference map: ") + QString::fromStdString(reason);
}

TileSource differenceTiles(const ShownRun& first, const ShownRun& second, LayerHead head)
{
    return vitrine::differenceTiles(weightTiles(first.capture, head),
                                    weightTiles(second.capture, head));
}

std::vector<float> thumbnailDifference(const ShownRun& first, const ShownRun& second,
                                       LayerHead head)
{
    const auto a = thumbnailOf(*first.capture, head);
    auto b = thumbnailOf(*second.capture, head);
    if (a.size() != b.size())
        return {};
    std::ranges::transform(b, a, b.begin(), figure::differenceOf);
    return b;
}

BoundState boundToText()
{
    return BoundState({"selection.token", "pinned_tokens", "window", "profile_range"});
}

QJsonObject stateFor(const std::vector<RunRecord>& runs, const QJsonObject& state)
{
    if (!state.contains("about"))
        return state;
    BoundState bound = boundToText();
    for (const RunRecord& run : runs)
        if (const auto opened = openRun(std::make_shared<const RunRecord>(run))) {
            bound.setSubject(subjectOfTokens(*opened->tokens));
            break;
        }
    return bound.read(state);
}

} // namespace vitrine::attention_plugin
