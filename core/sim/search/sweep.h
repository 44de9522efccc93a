#pragma once

#include "core/sim/cost/accelerator.h"

#include <functional>

namespace vitrine::sim
{

// One parameter and the values it takes.
struct SweepAxis {
    std::size_t parameter = 0; // index into the accelerator's parameters
    std::vector<double> values;
};

// "rows=8,16,32; cols=16:128:16; dataflow=os,ws": lists, first:last:step, or names of choices.
// Argument error naming the parameter; at most kMostPoints points in all.
inline constexpr std::int64_t kMostPoints = 1'000'000;
Result<std::vector<SweepAxis>> parseSweep(const Accelerator& accelerator, std::string_view text);

struct SweepPoint {
    std::vector<double> values; // one per axis
    double cycles = 0, latencyMs = 0, energyMj = 0, utilisation = 0, gops = 0, edp = 0;
    std::int64_t dramBytes = 0;
    bool front = false; // no other point is faster and takes less energy
};

// All combinations, the last axis fastest, the other parameters as in `base`. goOn(done, total) is
// asked now and then, by the calling thread; false cancels. Same points for every number of
// threads.
Result<std::vector<SweepPoint>>
sweep(const Workload& workload, const Accelerator& accelerator, const Settings& base,
      const std::vector<SweepAxis>& axes,
      const std::function<bool(std::size_t, std::size_t)>& goOn = {});

// Marks the points that are not beaten in latency and energy; of equal ones the first.
void markFront(std::vector<SweepPoint>& points);

} // namespace vitrine::sim
