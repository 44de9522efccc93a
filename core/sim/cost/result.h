#pragma once

#include "core/sim/workload/layer.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace vitrine::sim
{

// Where energy goes. `special`: division, exponentials, requantisation; `fixed`: what is drawn
// however little is done.
enum class EnergyPart { multiply, add, shift, special, onChip, dram, fixed };
inline constexpr std::size_t kEnergyParts = 7;
using EnergyParts = std::array<double, kEnergyParts>; // pJ
const char* energyPartName(std::size_t part);

// Bytes (systolic array: words, which are bytes there) that cross one level, per operand.
struct Traffic {
    std::int64_t in = 0, weights = 0, out = 0;

    std::int64_t total() const { return in + weights + out; }
    Traffic& operator+=(const Traffic& other)
    {
        in += other.in;
        weights += other.weights;
        out += other.out;
        return *this;
    }
    friend bool operator==(const Traffic&, const Traffic&) = default;
};

enum class Bound { nothing, compute, dram };

// What `cycles` at the peak could have done that `macs` did, 0 to 1. A machine that is always busy
// would else come out a rounding above 1.
inline double utilisationOf(std::int64_t macs, double peakMacsPerCycle, double cycles)
{
    const double share = static_cast<double>(macs) / (peakMacsPerCycle * cycles);
    return share > 1 && share < 1 + 1e-9 ? 1.0 : share;
}

struct LayerResult {
    std::int64_t macs = 0; // executed by the arrays
    double cycles =
        0; // what the layer adds to the run: overlap with its neighbours is counted once
    double computeCycles = 0; // its own arithmetic
    double dramCycles = 0;    // its DRAM bytes at full bandwidth
    double utilisation = 0;   // macs / (multipliers * cycles); 0 where it adds no cycles
    double mapping = 0; // share of the array that is given work, where the accelerator tells it
    Traffic dram, sram;
    EnergyParts energy{};
    Bound bound = Bound::nothing;
};

// A unit at work, in cycles since the start. Intervals of different units overlap where they are
// pipelined.
struct Interval {
    int layer = 0; // index into the workload
    int unit = 0;  // index into SimResult::units
    double start = 0, end = 0;
};

struct Extra {
    const char* name;
    double value;
    const char* unit;
    const char* help;
};

struct SimResult {
    std::vector<LayerResult> layers; // as in the workload
    std::vector<const char*> units;
    std::vector<Interval> schedule; // by start
    double cycles = 0;        // of one picture; may be fractional where a model divides ideally
    double computeCycles = 0; // without waiting for DRAM
    double stalledCycles = 0; // with waiting, whether `cycles` has it or not
    std::int64_t macs = 0;
    double clockHz = 0;
    double peakMacsPerCycle = 0;
    double bytesPerCycle = 0; // of DRAM
    Traffic dram, sram;
    EnergyParts energy{};
    bool dramApart = false;    // power and efficiency are the chip's alone, as its paper counts
    std::vector<Extra> extras; // what only this accelerator has: unit_cycles
    std::vector<std::string> notes;

    double seconds() const { return cycles / clockHz; }
    double framesPerSecond() const { return clockHz / cycles; }
    double gops() const
    {
        return 2e-9 * static_cast<double>(macs) / seconds();
    } // an operation: half a MAC
    double utilisation() const { return utilisationOf(macs, peakMacsPerCycle, cycles); }
    double joule() const;     // all parts
    double chipJoule() const; // without DRAM where that is counted apart
    double watt() const { return chipJoule() / seconds(); }
    double gopsPerWatt() const { return 2e-9 * static_cast<double>(macs) / chipJoule(); }
    double edp() const { return joule() * seconds(); } // J s
};

// Roofline: MAC per cycle that an intensity of `macsPerByte` allows.
inline double attainable(double peakMacsPerCycle, double bytesPerCycle, double macsPerByte)
{
    return std::min(peakMacsPerCycle, bytesPerCycle * macsPerByte);
}

} // namespace vitrine::sim
