#pragma once

#include "core/figure/figure.h"
#include "core/jobs/run_record.h"

#include <vector>

namespace vitrine::accelerators
{

// Figures of runs side by side. Of accelerators.simulate: "schedule" (a Gantt chart),
// "cycles" (per layer), "energy" and "traffic" (stacked, a bar per run), "roofline". Of
// accelerators.sweep: "pareto".
std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs);

// The same one by one, for the view. Runs without the tables are left out; empty figures have no
// series and no bars.
figure::Figure scheduleFigure(const std::vector<const RunRecord*>& runs);
figure::Figure cyclesFigure(const std::vector<const RunRecord*>& runs);
figure::Figure energyFigure(const std::vector<const RunRecord*>& runs);
figure::Figure trafficFigure(const std::vector<const RunRecord*>& runs);
figure::Figure rooflineFigure(const std::vector<const RunRecord*>& runs);
figure::Figure paretoFigure(const std::vector<const RunRecord*>& runs);

// "P²-ViT · deit-tiny"
std::string runName(const RunRecord& run);

} // namespace vitrine::accelerators
