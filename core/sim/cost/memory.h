#pragma once

#include "core/sim/cost/energy.h"

namespace vitrine::sim
{

// The DRAM beside the computation: while a layer runs, data of the next is fetched as far as its
// buffer reaches.
class FetchAhead
{
public:
    // `ahead`: bytes of the next layer that may lie ready.
    FetchAhead(double bytesPerCycle, double ahead) : bytesPerCycle_(bytesPerCycle), ahead_(ahead) {}

    // Cycles the layer takes: its arithmetic, or what is left to fetch, whichever is longer.
    double layerCycles(double computeCycles, double bytes)
    {
        const double ready = std::min({idleBytes_, ahead_, bytes});
        const double cycles = std::max(computeCycles, (bytes - ready) / bytesPerCycle_);
        idleBytes_ = cycles * bytesPerCycle_ - (bytes - ready);
        return cycles;
    }

private:
    double bytesPerCycle_, ahead_;
    double idleBytes_ = 0; // that the layer before could have fetched beside its own
};

// DRAM bytes of a product with an activation buffer and a weight buffer of `buffers` bytes usable
// each. Operands that fit stay; of two that do not, the one whose repetition costs less is read
// again for every part of the other.
struct OnChip {
    std::int64_t activations = 0, weights = 0; // bytes that can be held
};
Traffic dramTraffic(std::int64_t inBytes, std::int64_t weightBytes, std::int64_t outBytes,
                    bool inOnChip, bool outOnChip, const OnChip& buffers);

// Adds up the layers and the fixed energy, and sets what follows from them. Everything else is
// filled in.
void finish(SimResult& result, const Common& common);
// One layer's place: cycles by `memory`, bound, utilisation.
void placeLayer(LayerResult& layer, SimResult& result, FetchAhead& dram, const Common& common);

// The layers that read the network's input and write its output: the first and the last with a
// product. -1: none.
struct Ends {
    std::ptrdiff_t first = -1, last = -1;
};
Ends endsOf(const Workload& workload);

// An empty result for the workload.
SimResult startResult(const Workload& workload, const Common& common, double peakMacsPerCycle,
                      std::vector<const char*> units);

} // namespace vitrine::sim
