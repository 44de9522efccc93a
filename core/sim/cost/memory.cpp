#include "core/sim/cost/memory.h"

#include <numeric>

namespace vitrine::sim
{

double SimResult::joule() const
{
    return std::accumulate(energy.begin(), energy.end(), 0.0) * 1e-12;
}

double SimResult::chipJoule() const
{
    return joule() - (dramApart ? energy[static_cast<std::size_t>(EnergyPart::dram)] * 1e-12 : 0);
}

Traffic dramTraffic(std::int64_t inBytes, std::int64_t weightBytes, std::int64_t outBytes,
                    bool inOnChip, bool outOnChip, const OnChip& buffers)
{
    Traffic traffic{inOnChip ? 0 : inBytes, weightBytes, outOnChip ? 0 : outBytes};
    if (inOnChip || inBytes <= buffers.activations || weightBytes <= buffers.weights)
        return traffic;
    const std::int64_t weightParts =
        ceilDivide(weightBytes, std::max<std::int64_t>(buffers.weights, 1));
    const std::int64_t inParts =
        ceilDivide(inBytes, std::max<std::int64_t>(buffers.activations, 1));
    // As doubles: parts * bytes can leave 64 bits when a buffer has one byte.
    const double inAgain = static_cast<double>(weightParts - 1) * static_cast<double>(inBytes);
    const double weightsAgain = static_cast<double>(inParts - 1) * static_cast<double>(weightBytes);
    const double extra = std::min({inAgain, weightsAgain, 4e18});
    (inAgain <= weightsAgain ? traffic.in : traffic.weights) += static_cast<std::int64_t>(extra);
    return traffic;
}

Ends endsOf(const Workload& workload)
{
    Ends ends;
    for (std::size_t i = 0; i < workload.layers.size(); ++i)
        if (workload.layers[i].shape.k > 0) {
            ends.last = static_cast<std::ptrdiff_t>(i);
            if (ends.first < 0)
                ends.first = ends.last;
        }
    return ends;
}

SimResult startResult(const Workload& workload, const Common& common, double peakMacsPerCycle,
                      std::vector<const char*> units)
{
    SimResult result;
    result.layers.resize(workload.layers.size());
    result.units = std::move(units);
    result.schedule.reserve(workload.layers.size() * 2);
    result.clockHz = common.clockHz();
    result.peakMacsPerCycle = peakMacsPerCycle;
    result.bytesPerCycle = common.bytesPerCycle();
    return result;
}

void placeLayer(LayerResult& layer, SimResult& result, FetchAhead& dram, const Common& common)
{
    const double bytes = static_cast<double>(layer.dram.total());
    layer.dramCycles = bytes / result.bytesPerCycle;
    const double stalled = dram.layerCycles(layer.computeCycles, bytes);
    layer.cycles = common.memory == MemoryTime::stalls ? stalled : layer.computeCycles;
    layer.bound = stalled > layer.computeCycles ? Bound::dram
                  : layer.computeCycles > 0     ? Bound::compute
                                                : Bound::nothing;
    layer.utilisation =
        layer.cycles > 0 ? utilisationOf(layer.macs, result.peakMacsPerCycle, layer.cycles) : 0;
    result.cycles += layer.cycles;
    result.computeCycles += layer.computeCycles;
    result.stalledCycles += stalled;
}

void finish(SimResult& result, const Common& common)
{
    const double fixedPerCycle = common.staticWatt / result.clockHz * 1e12;
    for (LayerResult& layer : result.layers) {
        layer.energy[static_cast<std::size_t>(EnergyPart::fixed)] = fixedPerCycle * layer.cycles;
        result.macs += layer.macs;
        result.dram += layer.dram;
        result.sram += layer.sram;
        for (std::size_t part = 0; part < kEnergyParts; ++part)
            result.energy[part] += layer.energy[part];
    }
}

} // namespace vitrine::sim
