#pragma once

#include "core/attention/capture.h"
#include "plugins/calibration/figures/state.h"
#include "widgets/map/tile.h"
#include "widgets/page/bound_state.h"
#include "widgets/view.h"

#include <QJsonObject>
#include <QStringList>

#include <memory>
#include <vector>

namespace vitrine::calibration_plugin
{

// A result of calibration.tune opened for looking at: a stored run or a live one. Immutable; any
// thread.
struct TunedRun {
    RunHandle run;
    std::shared_ptr<const attention::Capture> before, after;
    std::shared_ptr<const QStringList> tokens;     // as people read them
    std::shared_ptr<const std::vector<bool>> gaps; // whether a space stands before the token
    std::vector<TunedHead> heads;
    std::vector<TunedSink> sinks;
    QString name; // "#12 speech-2016.txt · vitrine-lm"

    std::int64_t tokenCount() const { return before->tokens(); }
    const TunedHead* head(LayerHead id) const; // nullptr: it has no such head
    // Whether the head's maps can be computed, not only its thumbnails.
    bool keeps(LayerHead id) const;
    TuneRun forFigures() const { return {run.get(), before.get(), after.get()}; }
};

// Opens the run's captures. Reads and checks files: on a worker thread. `like`: its words are
// shared where the tokens are the same.
Result<TunedRun> openTuned(const RunHandle& run, const TunedRun* like = nullptr);

// The parts of the view's state that hold of one text only.
BoundState boundToText();
// A state of the view for these runs: without what it says of another text. Reads files where it
// says anything of a text.
QJsonObject stateFor(const std::vector<RunRecord>& runs, const QJsonObject& state);

} // namespace vitrine::calibration_plugin
