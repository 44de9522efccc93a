#pragma once

#include "core/sim/cost/accelerator.h"

#include <map>
#include <optional>
#include <span>
#include <vector>

namespace vitrine::sim
{

// What a number of ours is: a metric of a simulated run, or of two.
struct Probe {
    const char* metric =
        nullptr; // as in metricOf; nullptr: nothing of ours can be set beside the claim
    const char* workload = "";
    const char* changes = ""; // "mode=1,utilisation=0.85": parameters by name
    enum class Relation {
        value,
        over,
        saving
    } relation = Relation::value;   // over: rival / ours; saving: 100 (1 - ours / rival)
    const char* rivalWorkload = ""; // of the rival; "": the same workload
    const char* rivalChanges = "";
};

// What a paper says about an accelerator, and what of ours stands beside it.
struct Claim : evidence::Claim {
    Probe probe;
};
// A file of claims adds them to those of all accelerators (core/base/registry.h).
using ClaimTable = std::span<const Claim>;
const std::vector<Claim>& claims();

// The claims about one accelerator with our figures, each simulated with its own conditions.
std::vector<evidence::Reference> references(const Accelerator& accelerator);

// "cycles", "fps", "gops", "gops_per_watt", "watt", "utilisation", "latency_ms", "energy_mj",
// "edp", "dram_mb" (activations), or the name of one of the result's extras. None: no such metric.
std::optional<double> metricOf(const SimResult& result, std::string_view metric);

} // namespace vitrine::sim
