#pragma once

#include "core/figure/run_places.h"
#include "core/jobs/experiment/run_record.h"

#include <optional>
#include <string>
#include <vector>

namespace vitrine::accelerators_plugin
{

// Figures of runs side by side. Of accelerators.simulate: "schedule" (a Gantt chart), "cycles",
// "energy" and "traffic" (bars), "roofline", "buffers", "area". Of accelerators.sweep: "pareto".
// Of accelerators.map: "mapping-gain", "mapping". `places`: the colours that the runs have. `bars`
// and `per` are what the view says of its bars ("energy", "layer"); empty: as they are at first.
std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                    const figure::RunPlaces& places = {},
                                    const std::string& bars = {}, const std::string& per = {});

// The same one by one, for the view. Runs without the tables are left out; empty figures have no
// series and no bars.
figure::Figure scheduleFigure(const std::vector<const RunRecord*>& runs);
// The time of the first run's module in the middle of the picture, in the schedule's unit: wide
// enough to see units overlap. None where there is one module only.
std::optional<figure::Range> blockRange(const std::vector<const RunRecord*>& runs);

enum class BarsShow { cycles, energy, traffic };
enum class BarsPer { module, layer, run };
BarsShow barsShowNamed(const std::string& name); // "energy", "traffic", else cycles
BarsPer barsPerNamed(const std::string& name);   // "layer", "run", else module
// One run: bars of its modules or layers, stacked by kind of layer or part. Several: bars side by
// side. Per run: a stack for each.
figure::Figure barsFigure(const std::vector<const RunRecord*>& runs, BarsShow show, BarsPer per,
                          const figure::RunPlaces& places = {});
figure::Figure rooflineFigure(const std::vector<const RunRecord*>& runs,
                              const figure::RunPlaces& places = {});
figure::Figure buffersFigure(const std::vector<const RunRecord*>& runs);
figure::Figure areaFigure(const std::vector<const RunRecord*>& runs);

// Over latency and energy; `kept`: the rows of the runs' tables "points", one run after the other,
// that are drawn in colour; all where it is empty.
figure::Figure paretoFigure(const std::vector<const RunRecord*>& runs,
                            const std::vector<std::uint8_t>& kept = {},
                            const figure::RunPlaces& places = {});
// The default and what the mapper found, over latency and energy; and beside each other per layer.
figure::Figure mappingGainFigure(const std::vector<const RunRecord*>& runs,
                                 const figure::RunPlaces& places = {});
figure::Figure mappingFigure(const std::vector<const RunRecord*>& runs,
                             const figure::RunPlaces& places = {});

// "P²-ViT · deit-tiny"
std::string runName(const RunRecord& run);

} // namespace vitrine::accelerators_plugin
