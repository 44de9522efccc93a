#pragma once

#include "core/sim/cost/accelerator.h"
#include "core/sim/search/mapping.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vitrine::sim
{

// Searches mappings of a workload. On the plain array every layer has its own (mapping.h); on the
// other machines the choices are those of the schedule that their simulators know: how heads go
// over two engines, what is fused or chained, where a context stays.
enum class MapObjective { latency, energy, edp };

struct MapOptions {
    MapObjective objective = MapObjective::edp;
    std::int64_t budget = 100'000; // mappings evaluated in all, at least one per layer
    std::uint64_t seed = 0;        // where not all can be
};

struct MappedLayer {
    int layer = 0;                  // of the workload
    std::optional<Mapping> mapping; // none: the default was kept
    double cycles = 0, picojoule = 0, cyclesBefore = 0, picojouleBefore = 0;
    std::int64_t dramBytes = 0, dramBytesBefore = 0;
};

struct MappedChoice {
    std::string parameter, before, found;
};

struct MapResult {
    std::vector<MappedLayer> layers;   // of the plain array
    std::vector<MappedChoice> choices; // of the others
    double seconds = 0, joule = 0, secondsBefore = 0, jouleBefore = 0;
    std::int64_t evaluated = 0;
    bool exhaustive = true; // all mappings of the space were evaluated

    double edpGain() const { return secondsBefore * jouleBefore / (seconds * joule); }
};

// The default (what simulate() does) is always among the candidates, so that no objective gets
// worse. The same seed gives the same result. goOn() false cancels.
Result<MapResult> findMapping(const Workload& workload, const Accelerator& accelerator,
                              const Settings& settings, const MapOptions& options,
                              const std::function<bool(double)>& goOn = {});

// One way to run a layer. Of every list one is chosen so that the objective of the sums is least;
// ties go to the first. Exact: with edp only sums on the lower left hull can be best, and those
// are walked through.
struct Candidate {
    double cycles = 0, picojoule = 0;
};
std::vector<std::size_t> chooseBest(const std::vector<std::vector<Candidate>>& lists,
                                    MapObjective objective);

// The parameters that are choices of mapping, not of hardware.
std::vector<std::size_t> mappingParameters(const Accelerator& accelerator);

} // namespace vitrine::sim
