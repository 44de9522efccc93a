#pragma once

#include "core/sim/cost/energy.h"
#include "core/sim/machine/nvca_chains.h"

namespace vitrine::sim
{

enum class Rounding { ideal, ceil };
enum class DeformableCore {
    shared,  // none: the sparse core does it
    group,   // beside the other layers of its chain
    parallel // beside the whole frame
};

struct Nvca : Common {
    std::int64_t inputs = 12, outputs = 12; // channels in parallel
    std::int64_t multipliers = 8;           // of a unit
    std::int64_t deformableMacs = 324;
    bool fast = true;      // fast algorithms for 3x3 convolutions and 4x4 deconvolutions
    double sparsity = 0.5; // share of pruned products in the transform domain
    DeformableCore deformable = DeformableCore::parallel;
    Chaining chaining = Chaining::group;
    Rounding rounding = Rounding::ideal;
    LineBuffers lines = LineBuffers::unlimited;
    double utilisation = 1;
    std::int64_t activationBits = 12, weightBits = 16;
    std::int64_t sramKB = 512;
    double conflict = 1; // bank conflicts while sampling

    Nvca()
    {
        clockMHz = 400;
        multiplyPicojoule = 0.68; // of 1.94 pJ per issued multiplication: 0.76 W at 85 %
        addPicojoule = 0.39;
        sramPicojoule = 0.58;
        dramPicojoulePerBit = 30.0 / 8;
        nodeScale = 1;
        staticWatt = 0.29 / 1.94 * 0.76;
    }
};

constexpr double kTileProducts = 16, kFastRatio = 2.25, kFillCycles = 12;

// Its parameters, with ranges and the marks of the defaults.
const std::vector<Field<Nvca>>& nvcaFields();

} // namespace vitrine::sim
