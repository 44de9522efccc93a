#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/coded_drawing.h"

#include <string>
#include <vector>

// Figures of runs of quantization.vision, side by side where they compare. Reads kept
// pictures. Any thread.
namespace vitrine::quantization_plugin
{

// Those of which the runs hold something; of the selected run where one alone is shown:
//   "coded-accuracy"    each original and each run with its interval
//   "coded-pareto"      accuracy over size (or bits as stored) of runs that judged alike, and which
//                       of them no other beats in both; of several runs
//   "coded-ladder"      accuracy step by step of the selected run's method, a line for each width
//   of
//                       activations, of runs that differ in nothing else (coded_rungs.h)
//   "coded-times"       measured time of a picture: float, simulated, integer
//   "coded-layers"      signal to noise of every layer's output, a line for each run
//   "coded-stream"      what each block costs: the signal to noise along the residual stream of the
//                       selected run, as a waterfall
//   "coded-operations"  operations for a picture by kind, of the original and each run
//   "coded-energy"      their energies, stacked
//   "coded-lost", "coded-gained"  kept pictures whose answer became wrong, or right, in codes
//   "coded-rescales"    by how many places sums are moved to become codes, of each run
//   "coded-rescale-map" the same layer by layer, of the selected run
//   "coded-spread"      how far the widest channel stands out, before and after the tricks on
//                       channels, for each layer where one acts; the chosen one is marked
//   "coded-channels"    the channels of that layer (State::layer; else where they differ most)
//   "coded-divisors"    divisors of linear attention by their power of two, by two rounding rules
//   "coded-attention", "coded-attention-change"  where the class token looks in one picture, layer
//                       by layer before and after, and what moved, of the selected run
//   "coded-experts"     which expert took each patch of a few pictures, for the mixtures of one
//                       block (that of State::layer; else the first), of the selected run
std::vector<figure::Figure> codedFigures(const Runs& runs, const State& state = {});

// What an operation is assumed to cost in the selected run: where each number comes from, as
// widgets/table/claim_table.h shows it (columns mark and unit).
Table assumedEnergies(const RunRecord& run);

// The run's layers, its columns named as people read them; none: no rows.
Table codedLayersTable(const RunRecord& run);

// Which parts of a pass stay in floating point: a row for each that does in any run.
Table inFloatMatrix(const CodedDrawing& drawing);

// How many pictures flipped, or why none are shown.
std::string codedFlipWords(const RunRecord& run);

// Layers whose channels the run kept, and the one that is shown of them; none: empty.
std::vector<std::string> channelLayers(const RunRecord& run);
std::string channelLayer(const RunRecord& run, const State& state);

// Blocks whose mixtures' experts the run kept, and the one that is shown of them; none: empty.
std::vector<std::string> expertBlocks(const RunRecord& run);
std::string expertBlock(const RunRecord& run, const State& state);

// Layers by the names and in the order of the run that has most of them.
std::vector<std::string> layersOfAll(const CodedDrawing& drawing);

figure::Figure codedAccuracy(const CodedDrawing& drawing);
figure::Figure codedPareto(const CodedDrawing& drawing);
figure::Figure codedLadder(const CodedDrawing& drawing);
figure::Figure codedTimes(const CodedDrawing& drawing);
figure::Figure codedLayers(const CodedDrawing& drawing);
figure::Figure codedStream(const CodedDrawing& drawing);
figure::Figure codedOperations(const CodedDrawing& drawing);
figure::Figure codedEnergy(const CodedDrawing& drawing);
figure::Figure codedFlips(const CodedDrawing& drawing, bool isLost); // reads files
figure::Figure codedAttention(const CodedDrawing& drawing);          // reads a file, as the next
figure::Figure codedAttentionChange(const CodedDrawing& drawing);
figure::Figure codedExperts(const CodedDrawing& drawing); // reads files
figure::Figure codedRescales(const CodedDrawing& drawing);
figure::Figure codedRescaleMap(const CodedDrawing& drawing);
figure::Figure codedDivisors(const CodedDrawing& drawing);
figure::Figure codedSpread(const CodedDrawing& drawing);
figure::Figure codedChannels(const CodedDrawing& drawing);

} // namespace vitrine::quantization_plugin
