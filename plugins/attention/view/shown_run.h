#pragma once

#include "core/attention/capture.h"
#include "plugins/attention/figures/state.h"
#include "widgets/map/tile.h"
#include "widgets/page/bound_state.h"
#include "widgets/view.h"

#include <QJsonObject>
#include <QStringList>

#include <cmath>
#include <memory>
#include <optional>
#include <vector>

namespace vitrine::attention_plugin
{

// A stored run opened for looking at. Immutable; any thread.
struct ShownRun {
    RunHandle run;
    std::shared_ptr<const attention::Capture> capture;
    std::shared_ptr<const QStringList> tokens;     // as people read them: "peace", "⏎"
    std::shared_ptr<const std::vector<bool>> gaps; // whether a space stands before the token
    QString name;                                  // "#12 speech-2016.txt · vitrine-lm"

    std::int64_t tokenCount() const { return capture->tokens(); }
    // Place of the head's layer on the capture's axis, none where the capture lacks the head.
    std::optional<std::int64_t> layerIndex(LayerHead head) const;
};

// Opens the run's capture. Reads and checks a file: on a worker thread. An error says what is wrong
// with this run.
Result<ShownRun> openRun(const RunHandle& run);

// One line of the head table.
struct HeadRow {
    LayerHead id;
    double firstTokenMass = 0, sinkMass = 0, entropy = 0, distance = 0;
    double sinks = 0; // a count; NaN as the others where the head's map is not finite
    std::optional<double> difference; // against the first run

    bool isFinite() const { return !std::isnan(sinks) && !std::isnan(entropy); }
};

// All heads in order of layer and head. `first`, where given, is what differences are against. Any
// thread; `options` as chosen.
std::vector<HeadRow> headRows(const ShownRun& run, const attention::SinkOptions& options,
                              const ShownRun* first);

double scoreOf(const HeadRow& row, Score score); // NaN where there is none

// Empty where maps of the two can be subtracted, else a sentence that says why not.
QString whyNoDifference(const ShownRun& a, const ShownRun& b);

// Tiles of second minus first; none where the heads' queries and keys were not kept in both.
TileSource differenceTiles(const ShownRun& first, const ShownRun& second, LayerHead head);
// Thumbnails, second minus first.
std::vector<float> thumbnailDifference(const ShownRun& first, const ShownRun& second,
                                       LayerHead head);

// The parts of the view's state that hold of one text only.
BoundState boundToText();
// A state of the view for these runs: without what it says of another text. Reads files where it
// says anything of a text.
QJsonObject stateFor(const std::vector<RunRecord>& runs, const QJsonObject& state);

} // namespace vitrine::attention_plugin
