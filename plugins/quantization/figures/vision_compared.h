#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"

// Figures that show every run of vision.evaluate at once. `runs` are sound (isEvaluation), at least
// one.
namespace vitrine::quantization_plugin
{

// "vision-accuracy": how often each model of each run is right, with Wilson's interval of 95 %;
// without bars of one run.
figure::Figure accuracyFigure(const Runs& runs, const State& state);
// "vision-calibration": a curve of each run; interval and shares of answers of the selected one.
figure::Figure calibrationFigure(const Runs& runs, const RunRecord& selected, const State& state);
// "vision-classes": bars of each model of each run, over the classes of the first run; runs with
// other classes have none.
figure::Figure classesFigure(const Runs& runs, const State& state);

} // namespace vitrine::quantization_plugin
