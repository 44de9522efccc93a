#pragma once

#include "core/jobs/experiment/run_record.h"

#include <string>
#include <vector>

// Versions of a model, each a stored run of quantization.llm, and what is said of them.
namespace vitrine::quantization_plugin
{

using Runs = std::vector<const RunRecord*>;

bool isVersion(const RunRecord& run); // of quantization.llm, and says how many bits a weight takes
// An accuracy study: its weights are dense again, nothing of it is packed.
bool isRotated(const RunRecord& run);
std::string versionName(const RunRecord& run); // "#3 ShiftAddLLM, columns, 3 bits"
std::string versionTick(const RunRecord& run); // "#3", its name where it has no number
std::string spokenName(const RunRecord& run);  // "ShiftAddLLM by columns (#3)"
std::string shortName(const RunRecord& run);   // "#3 ShiftAddLLM, columns"
std::string
projectionOf(const std::string& tensor); // "q" of "model.layers.0.self_attn.q_proj.weight"

// Perplexity of a version over that of the original, 95 %.
struct Ratio {
    double value = 0, low = 0, high = 0;
    bool isKnown() const; // with its interval
};
Ratio ratioOf(const RunRecord& run);

// Whether both read the same text with the same original: only then are ratios compared.
bool haveSameOriginal(const RunRecord& a, const RunRecord& b);

// What people compare, the original first (each original, where the runs have several), then a row
// for each run. Columns have the names that people read. `runOf`: the run of each row, -1 of an
// original.
struct VersionTable {
    Table table;
    std::vector<int> runOf;
    // Columns that a narrow window can do without, the least needed first.
    std::vector<int> givingWay = {};
};
VersionTable versionTable(const Runs& runs);

// What the runs show, in one to three sentences that claim no more than the intervals of
// perplexity_ratio allow: what a single version costs; of several the one nearest to the original,
// and whether at equal bits per weight (within 5 %) columns of ShiftAddLLM come before its blocks
// and these before other methods, as one would expect. Rotated ones are named apart.
std::string verdict(const Runs& runs);

// What the runs say of themselves, each once, and what a small model cannot show.
std::vector<std::string> remarks(const Runs& runs);

} // namespace vitrine::quantization_plugin
