#pragma once

#include "core/sim/cost/area.h"
#include "core/sim/cost/occupancy.h"
#include "core/sim/cost/parameters.h"
#include "core/sim/cost/result.h"

#include <span>
#include <string>
#include <vector>

namespace vitrine::sim
{

// A machine that runs workloads. Describing one is filling a struct with parameters and writing
// `run`, in a file of its own that adds it to the list (core/base/registry.h).
struct Accelerator {
    std::string id;       // "p2vit"
    std::string title;    // "P²-ViT"
    std::string paper;    // citation
    std::string sentence; // what it is, for people
    std::vector<Parameter> parameters;
    std::vector<std::string> workloads; // of its paper, the first is the default
    // Pure: workload and settings are checked. Argument error where the workload has layers it
    // cannot run.
    Result<SimResult> (*run)(const Workload&, const Settings&) = nullptr;
    // Its on-chip memories and its parts, for the same workload and settings.
    std::vector<Buffer> (*buffers)(const Workload&, const Settings&) = nullptr;
    std::vector<AreaPart> (*area)(const Settings&, const SimResult&) = nullptr;
    // False: widths are parameters of the machine alone, those of a workload's layers mean nothing.
    bool readsWidths = true;
    // True: counts what Taylor attention does between its products, which no table of layers has:
    // centred keys, their sums and the division by row. Where it does not, results say so.
    bool countsTaylor = false;
};

std::span<const Accelerator> accelerators();
const Accelerator* findAccelerator(std::string_view id); // nullptr: none

// workload -> mapping -> cycles, traffic, energy. Equal arguments give equal results, bit for bit;
// any thread.
Result<SimResult> simulate(const Workload& workload, const Accelerator& accelerator,
                           const Settings& settings);

} // namespace vitrine::sim
