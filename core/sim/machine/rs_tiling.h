#pragma once

#include "core/base/result.h"

#include <array>
#include <cstdint>

namespace vitrine::sim
{

// The row-stationary tiling model of Eyeriss as DNN-Chip Predictor and, with a batch, ShiftAddViT's
// code have it. Loops over images N, filters M, channels C and
// output rows E are factored over register file (0), array (1), buffer (2) and DRAM (3); output
// columns F and the kernel R x S are not.
struct RsLayer {
    std::int64_t n = 1, m = 1, c = 1;                    // images, filters, channels
    std::int64_t h = 1, w = 1, r = 1, s = 1, stride = 1; // input, kernel
    std::int64_t padding = 0; // at every side, of zeros that are not read; else h and w have it
    // Output sides: ceil((h + 2 padding - r + stride) / stride).
    std::int64_t e() const { return side(h, r); }
    std::int64_t f() const { return side(w, s); }

private:
    std::int64_t side(std::int64_t in, std::int64_t kernel) const
    {
        return (in + 2 * padding - kernel + stride + stride - 1) / stride;
    }
};

// What fits: elements of the array, words of weights in a register file, and factors for narrow
// words.
struct RsMachine {
    std::int64_t elements = 192, weightWords = 960;
    std::int64_t memoryFactor = 1, computeFactor = 1; // 1 and 1 at 32 bit, 2 and 4 at 8 bit
    double clockHz = 250e6;
};

// pJ per operation and per word at each level.
struct RsEnergies {
    double operation = 3.7;
    double dram = 400, buffer = 44.4, noc = 14.8, nocSum = 7.4, registers = 7.4,
           weightRegisters = 14.8;
};
// Relative costs per 16-bit word (200, 6, 2, 1, 1, 2); all but DRAM times `logic`, 3.7 in
// ShiftAddViT's code.
RsEnergies rsEnergies(double operation, int bits, double logic = 3.7);

struct RsTiling {
    std::array<std::int64_t, 2> n{}; // 0, 3
    std::array<std::int64_t, 4> m{};
    std::array<std::int64_t, 4> c{}; // the last is 1
    std::array<std::int64_t, 2> e{}; // 1, 3
};

struct RsCost {
    double picojoule = 0, cycles = 0;
};
RsCost rsCost(const RsLayer& layer, const RsTiling& tiling, const RsEnergies& energies);
bool fits(const RsLayer& layer, const RsTiling& tiling, const RsMachine& machine);

struct RsMapping {
    RsTiling tiling;
    RsCost cost;
    double seconds = 0;
    std::int64_t valid = 0; // tilings that fit
};

// The tiling with the least (E - Emin) / Emax + (L - Lmin) / Lmax among all that fit, the first of
// equals. Argument error where none fits, or a size is below 1.
Result<RsMapping> bestTiling(const RsLayer& layer, const RsMachine& machine,
                             const RsEnergies& energies);

} // namespace vitrine::sim
