#pragma once

#include "core/sim/cost/parameters.h"
#include "core/sim/cost/result.h"

#include <span>

namespace vitrine::sim
{

// One cell of the unit-energy table: 45 nm, pJ per operation.
struct UnitEnergy {
    const char* operation; // "multiply", "add", "shift", "sram", "dram"
    const char* word;      // "INT8", "FP32", "64 bit at 32 KB"
    double picojoule;
    Mark mark;
    const char* source;
};
std::span<const UnitEnergy> unitEnergies45nm();

// 28 nm from 45 nm at equal voltage: capacitance shrinks with the length. Not published by any of
// the papers.
inline constexpr double kScale28nm = 28.0 / 45.0;
// Fitted to 10, 20 and 100 pJ per 64 bit at 8 KB, 32 KB and 1 MB: 10 sqrt(KB / 8) pJ per 64 bit,
// here per byte.
double sramPicojoulePerByte(double kilobytes);

enum class MemoryTime {
    ideal, // data is always there: what the papers count in cycles
    stalls // the DRAM's bandwidth is a limit, data is fetched ahead as far as the buffer reaches
};

// What every accelerator has: a clock, a DRAM, energies. 8-bit multiplication, 32-bit accumulation.
struct Common {
    double clockMHz = 500;
    double dramGBs = 25.6;
    double dramEfficiency = 1; // share of the peak that is reached
    MemoryTime memory = MemoryTime::ideal;
    double multiplyPicojoule = 0.2, addPicojoule = 0.1, shiftPicojoule = 0.024,
           specialPicojoule = 1.0;
    double sramPicojoule = sramPicojoulePerByte(200); // per byte
    double dramPicojoulePerBit = 20.3;                // 1300 pJ per 64 bit
    double nodeScale = kScale28nm;                    // of logic and SRAM, not of DRAM
    double staticWatt = 0;

    double clockHz() const { return clockMHz * 1e6; }
    double bytesPerCycle() const { return dramGBs * 1e3 / clockMHz * dramEfficiency; }
};

// What is counted while a layer runs; multiplications in units of 8 x 8 bit, additions of 32 bit.
struct Operations {
    double multiplies = 0, adds = 0, shifts = 0, specials = 0;
};

// Energies of operations and traffic; `fixed` is added when the layer's cycles are known.
EnergyParts energyOf(const Operations& operations, const Traffic& sram, const Traffic& dram,
                     const Common& common);

// Operations of a layer's products, by its primitive and word widths.
Operations operationsOf(const Layer& layer);

// The parameters of Common, for every accelerator. `clock` and `dram` are the marks of their
// defaults.
template <typename Config>
void addCommonFields(std::vector<Field<Config>>& fields, Mark clock, Mark dram)
{
    const auto add = [&](Field<Config> one) { fields.push_back(std::move(one)); };
    add(field<Config, &Config::clockMHz>(
        {"clock_mhz", "Clock", "MHz", 1, 5000, clock, "Cycles per microsecond", "Time"}));
    add(field<Config, &Config::dramGBs>({"dram_gbs", "DRAM bandwidth", "GB/s", 0.01, 10000, dram,
                                         "Peak rate of the external memory", "Memory"}));
    add(field<Config, &Config::dramEfficiency>(
        {"dram_efficiency", "DRAM efficiency", "", 0.01, 1, Mark::ours,
         "Share of the peak rate that is reached", "Memory"}));
    add(field<Config, &Config::memory>(
        {"memory",
         "Waiting for DRAM",
         "",
         0,
         1,
         Mark::ours,
         "ideal: data is always there, as the papers count cycles; stalls: bandwidth is a "
         "limit",
         "Memory",
         {"ideal", "stalls"}}));
    const auto energy = [&](Field<Config> one) {
        one.parameter.group = "Energy";
        one.parameter.advanced = true;
        fields.push_back(std::move(one));
    };
    energy(field<Config, &Config::multiplyPicojoule>({"e_multiply", "8-bit multiplication", "pJ", 0,
                                                      1000, Mark::paper,
                                                      "45 nm (Horowitz; ShiftAddNet, table 1)"}));
    energy(field<Config, &Config::addPicojoule>({"e_add", "32-bit addition", "pJ", 0, 1000,
                                                 Mark::paper,
                                                 "45 nm (Horowitz; ShiftAddNet, table 1)"}));
    energy(field<Config, &Config::shiftPicojoule>(
        {"e_shift", "8-bit shift", "pJ", 0, 1000, Mark::paper, "45 nm (ShiftAddNet, table 1)"}));
    energy(field<Config, &Config::specialPicojoule>(
        {"e_special", "Division, exponential, requantisation", "pJ", 0, 1000, Mark::ours,
         "45 nm; ten 32-bit additions"}));
    energy(
        field<Config, &Config::sramPicojoule>({"e_sram", "SRAM", "pJ/byte", 0, 1000, Mark::ours,
                                               "45 nm; 10 sqrt(KB / 8) pJ per 64 bit at 200 KB"}));
    energy(field<Config, &Config::dramPicojoulePerBit>(
        {"e_dram", "DRAM", "pJ/bit", 0, 1000, Mark::unverified, "1300 pJ per 64 bit (Horowitz)"}));
    energy(field<Config, &Config::nodeScale>(
        {"node_scale", "Node", "", 0.01, 10, Mark::ours,
         "Factor on logic and SRAM energies: 1 is 45 nm, 28/45 is 28 nm at equal "
         "voltage"}));
    energy(field<Config, &Config::staticWatt>(
        {"static_w", "Static power", "W", 0, 1000, Mark::ours, "Drawn however little is done"}));
}

} // namespace vitrine::sim
