#include "plugins/attention/view/shown_run.h"

#include "core/attention/comparable.h"
#include "core/base/cut_text.h"
#include "core/figure/not_finite.h"
#include "core/jobs/experiment/read_run.h"
#include "core/model/tokenizer/token_text.h"
#include "plugins/common/map_tiles.h"
#include "widgets/map/difference_tiles.h"
#include "widgets/theme/shown_text.h"

#include <QFileInfo>

#include <algorithm>
#include <array>
#include <cmath>

namespace vitrine::attention_plugin
{
namespace
{

constexpr std::size_t kLongestToken = 200;  // bytes
constexpr std::size_t kLongestPrompt = 400; // bytes, before spaces are counted

QString fileName(const std::string& path)
{
    return shownText(QFileInfo(QString::fromStdString(path)).fileName(), 80);
}

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
    const auto& layers = capture->layerIds();
    const auto found = std::ranges::find(layers, head.layer);
    if (found == layers.end() || head.head < 0 || head.head >= capture->heads())
        return std::nullopt;
    return found - layers.begin();
}

Result<ShownRun> openRun(const RunHandle& run)
{
    const Artifact* artifact = run->result.artifact("capture.safetensors");
    if (!artifact)
        return inputError("run {} has no capture.safetensors; run it again to make one",
                          run->number);
    VITRINE_TRY(auto capture, attention::Capture::open(artifact->path));
    auto tokens = std::make_shared<QStringList>();
    auto gaps = std::make_shared<std::vector<bool>>();
    for (const std::string& piece : capture.tokenTexts()) {
        gaps->push_back(model::beginsWithSpace(piece));
        tokens->append(QString::fromStdString(model::readableToken(cutText(piece, kLongestToken))));
    }
    const QString number = run->number > 0 ? QStringLiteral("#%1 ").arg(run->number) : QString();
    return ShownRun{.run = run,
                    .capture = std::make_shared<const attention::Capture>(std::move(capture)),
                    .tokens = std::move(tokens),
                    .gaps = std::move(gaps),
                    .name = number + subjectOf(*run)};
}

QString subjectOf(const RunRecord& run)
{
    const auto named = [&](const char* name) { return parameterText(run.params, name); };
    const std::string model = named("model"), file = named("prompt_file"), captured = named("file"),
                      prompt = cutText(named("prompt"), kLongestPrompt);
    QString text;
    if (!file.empty())
        text = fileName(file);
    else if (!prompt.empty())
        text = QStringLiteral("“%1”").arg(QString::fromStdString(prompt).simplified());
    else if (!captured.empty())
        text = fileName(captured);
    if (text.size() > 48)
        text = text.left(46) + QStringLiteral("…”");
    if (model.empty())
        return text;
    return text.isEmpty() ? fileName(model) : text + QStringLiteral(" · ") + fileName(model);
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

TileSource weightTiles(const ShownRun& run, LayerHead head)
{
    const auto layer = run.layerIndex(head);
    if (!layer || !run.capture->keeps(*layer, head.head))
        return {};
    return [capture = run.capture, layer = *layer, head = head.head](const MapTile& tile) {
        return drawnTile(*capture, layer, head,
                         {tile.row, tile.column, tile.rows, tile.columns, tile.stride});
    };
}

TileSource differenceTiles(const ShownRun& first, const ShownRun& second, LayerHead head)
{
    return vitrine::differenceTiles(weightTiles(first, head), weightTiles(second, head));
}

std::vector<float> thumbnailOf(const ShownRun& run, LayerHead head)
{
    const auto layer = run.layerIndex(head);
    return layer ? drawnThumbnail(*run.capture, *layer, head.head) : std::vector<float>();
}

std::vector<float> thumbnailDifference(const ShownRun& first, const ShownRun& second,
                                       LayerHead head)
{
    const auto a = thumbnailOf(first, head);
    auto b = thumbnailOf(second, head);
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
