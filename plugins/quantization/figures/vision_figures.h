#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Stored runs of vision.evaluate and what is said of them. Any thread.
namespace vitrine::quantization_plugin
{

bool isEvaluation(const RunRecord& run);          // it holds an accuracy and a confusion matrix
std::string evaluationName(const RunRecord& run); // "#3 vitrine-deit on fashion-mnist"

// How often one model is right, or which of two is better and how sure that is: a sentence for each
// run, that claims no more than interval and test allow.
std::string evaluationVerdict(const Runs& runs);

// What is taken for what most often, whether probabilities can be believed, and what the runs say
// of themselves, each once.
std::vector<std::string> evaluationRemarks(const Runs& runs);

// Cells off the diagonal, the most frequent first, at most kMostCells.
struct ConfusedPair {
    std::string label, answer;
    std::int64_t pictures = 0;
};
std::vector<ConfusedPair> confusedPairs(const RunRecord& run);
inline constexpr std::size_t kMostCells = 200;
// The classes at a place of "vision-confusion"; nothing beside it.
std::optional<ConfusedPair> cellAt(const RunRecord& run, double x, double y);
// Without the selected cell where the run has no such classes.
State withKnownCell(State state, const RunRecord& run);

// The pictures of the selected cell of the selected run, those kept among them or not; without a
// selected cell all wrong ones. At most kMostListed.
Table cellTable(const RunRecord& run, const State& state);
inline constexpr std::size_t kMostListed = 1000;
// "Shirt called Coat: 12 pictures"; without a selected cell what is shown instead.
std::string cellTitle(const RunRecord& run, const State& state);

// Of two models: both right, only the first, only the second, both wrong. No rows of one model.
Table pairedTable(const RunRecord& run);

// Of all runs, where there are several ("vision-accuracy"), or with a curve or bars of each run
// ("vision-calibration", "vision-classes"); else of the selected run. Those that are lacking are
// left out:
//   "vision-accuracy"     how often each model of each run is right
//   "vision-confusion"    what is called what: counts (logarithmic) or shares of a row; the
//                         selected cell is marked. Of the other runs "vision-confusion-N", N being
//                         their place from 1
//   "vision-cell"         kept pictures of the selected cell
//   "vision-calibration"  how often answers are right by their probability, and how many
//   "vision-classes"      share of each class that is named rightly, of both models
//   "vision-worst"        the pictures whose class seemed least likely
//   "vision-paired"       of each class how many pictures one model alone names rightly
//   "vision-differing"    pictures that one model alone names rightly
std::vector<figure::Figure> visionFigures(const Runs& runs, const State& state = {});

} // namespace vitrine::quantization_plugin
