#pragma once

#include "core/jobs/experiment/params.h"
#include "plugins/quantization/figures/drawing.h"

#include <string>
#include <vector>

// Energies of stored runs, under their own assumptions or others: counts times what is assumed.
namespace vitrine::quantization_plugin
{

// What can be assumed: the run's parameters of cost and the energies of FP32 arithmetic, with the
// run's own values as fallbacks. Their names are those of a state's "cost"; toggles are 0 and 1,
// choices places among their names.
std::vector<ParamSpec> costSpecs(const RunRecord& run);
double assumedValue(const RunRecord& run, const State& state, std::string_view name);
bool isCostChanged(const State& state); // whether a state assumes something else than the runs

// "energy": the linear layers for one token, stacked by operation, the original's and each
// version's. Runs that hold no counts for what is assumed are left out.
figure::Figure energyFigure(const Drawing& drawing);
// "By these assumptions #1 takes 12 % of the original's energy in FP16, 5 µJ. ..."
std::string energyWords(const Drawing& drawing);

} // namespace vitrine::quantization_plugin
