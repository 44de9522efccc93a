#include "core/sim/cost/energy.h"

#include <cmath>

namespace vitrine::sim
{

const char* energyPartName(std::size_t part)
{
    static constexpr std::array<const char*, kEnergyParts> kNames{
        "multiply", "add", "shift", "special", "on-chip", "DRAM", "fixed"};
    return kNames[part];
}

std::span<const UnitEnergy> unitEnergies45nm()
{
    static constexpr const char* kTable =
        "Horowitz, ISSCC 2014; same values in ShiftAddNet, table 1";
    static constexpr const char* kHorowitz = "Horowitz, ISSCC 2014, from memory";
    static constexpr UnitEnergy kEnergies[] = {
        {"multiply", "FP32", 3.7, Mark::paper, kTable},
        {"multiply", "FP16", 1.1, Mark::unverified, kHorowitz},
        {"multiply", "INT32", 3.1, Mark::paper, kTable},
        {"multiply", "INT8", 0.2, Mark::paper, kTable},
        {"add", "FP32", 0.9, Mark::paper, kTable},
        {"add", "FP16", 0.4, Mark::unverified, kHorowitz},
        {"add", "INT32", 0.1, Mark::paper, kTable},
        {"add", "INT16", 0.05, Mark::unverified, kHorowitz},
        {"add", "INT8", 0.03, Mark::paper, kTable},
        {"shift", "INT32", 0.13, Mark::paper, "ShiftAddNet, table 1"},
        {"shift", "INT16", 0.057, Mark::unverified, "ShiftAddNet, from memory"},
        {"shift", "INT8", 0.024, Mark::paper, "ShiftAddNet, table 1"},
        {"sram", "64 bit at 8 KB", 10, Mark::unverified, kHorowitz},
        {"sram", "64 bit at 32 KB", 20, Mark::unverified, kHorowitz},
        {"sram", "64 bit at 1 MB", 100, Mark::unverified, kHorowitz},
        {"dram", "64 bit", 1300, Mark::unverified, kHorowitz},
    };
    return kEnergies;
}

double sramPicojoulePerByte(double kilobytes)
{
    return 10 * std::sqrt(kilobytes / 8) / 8;
}

EnergyParts energyOf(const Operations& operations, const Traffic& sram, const Traffic& dram,
                     const Common& common)
{
    const double node = common.nodeScale;
    EnergyParts parts{};
    const auto set = [&](EnergyPart part, double value) {
        parts[static_cast<std::size_t>(part)] = value;
    };
    set(EnergyPart::multiply, operations.multiplies * common.multiplyPicojoule * node);
    set(EnergyPart::add, operations.adds * common.addPicojoule * node);
    set(EnergyPart::shift, operations.shifts * common.shiftPicojoule * node);
    set(EnergyPart::special, operations.specials * common.specialPicojoule * node);
    set(EnergyPart::onChip, static_cast<double>(sram.total()) * common.sramPicojoule * node);
    set(EnergyPart::dram, static_cast<double>(dram.total()) * 8 * common.dramPicojoulePerBit);
    return parts;
}

Operations operationsOf(const Layer& layer)
{
    const double taps = static_cast<double>(layer.shape.macs());
    switch (layer.primitive) {
    case Primitive::multiply:
        return {.multiplies = taps * layer.bitsIn * layer.bitsWeight / 64, .adds = taps};
    case Primitive::shift:
        return {.adds = taps, .shifts = taps * layer.bitsIn / 8};
    case Primitive::adder:
        return {.adds = taps * (1 + layer.bitsIn / 32.0)}; // |x - w| is as wide as x
    case Primitive::mask:
        return {.adds = taps};
    }
    return {};
}

} // namespace vitrine::sim
