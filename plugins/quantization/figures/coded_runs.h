#pragma once

#include "plugins/quantization/figures/versions.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

// Stored runs of quantization.vision, each a vision transformer in codes beside its original, and
// what is said of them. Methods, metrics and tables are read by name: what a run lacks is left out
// or said, and a method that this program does not know keeps its name. Any thread.
namespace vitrine::quantization_plugin
{

bool isCodedRun(const RunRecord& run);         // it holds both accuracies
std::string codedMethod(const RunRecord& run); // "P²-ViT", "P²-ViT (up to ptf)"
// Layers were exchanged for others that compute in floating point: nothing is in codes.
bool isReworkedRun(const RunRecord& run);
std::string codedBits(const RunRecord& run);     // "W4/A8"; "W4–8/A8" where layers differ; "fp32"
std::string codedName(const RunRecord& run);     // "#3 P²-ViT, W4/A8"; with its model: codedTitle
std::string codedTitle(const RunRecord& run);    // "#3 P²-ViT, W4/A8, vitrine-deit"
std::string codedTick(const RunRecord& run);     // "#3", its name where it has no number
std::string codedModel(const RunRecord& run);    // its short name
std::string codedOriginal(const RunRecord& run); // that of the original: of a fine-tuned model the
                                                 // one that it was made from

// Whether both judged the same original on the same pictures: only then are accuracies compared.
bool judgedAlike(const RunRecord& a, const RunRecord& b);
// The place of the first run with the same original on the same pictures, for each run: its own
// place where there is none before it.
std::vector<std::size_t> originalsOf(const Runs& runs);

// Bits for each number of the checkpoint as stored, scales and biases among them; NaN: not known.
double bitsAsStored(const RunRecord& run);
std::vector<std::string> partsInFloat(const RunRecord& run);

// Parameters of accelerators.simulate for the run's network, on the accelerator of the same paper
// where there is one, else on a plain array: with the layers' widths as the run left them, or of a
// network whose layers were exchanged without. Empty: the run kept no bit map.
std::map<std::string, std::string> simulatorParams(const RunRecord& run);

// What people compare: each original, then a row for each run (VersionTable, versions.h).
VersionTable codedTable(const Runs& runs);

// What each run keeps and costs: a sentence or two for each, which claim no more than interval and
// test allow.
std::string codedVerdict(const Runs& runs);
// What the runs say of themselves, each once, what runs of before lack, and what a small model
// cannot show.
std::vector<std::string> codedRemarks(const Runs& runs);

} // namespace vitrine::quantization_plugin
