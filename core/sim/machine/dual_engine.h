#pragma once

#include "core/sim/cost/accelerator.h"
#include "core/sim/cost/memory.h"

namespace vitrine::sim
{

// The array that Trio-ViT and the EfficientViT FPGA share: two engines of `lanes` x `multipliers`,
// `replicas` times. MAT has adder trees for convolutions, pointwise layers and matrix products; the
// reconfigurable one (RPE, R-MAC) does the same or lets every multiplier accumulate alone for
// depthwise layers. A depthwise layer and the pointwise layer behind it overlap.

enum class CycleMode {
    a, // the authors' script, with its omissions: grouped convolutions count C outputs and no MACs
    b  // the same schedule without them
};
enum class ReplicaMode {
    ideal, // work divides evenly: the only reading that explains the paper's utilisation
    pixel, // replicas take output pixels
    cout   // replicas take output channels
};
enum class MsaMode {
    split,        // heads over both engines, as the authors' script
    headPipeline, // while one engine does K^T V of a head, the other looks up the head before
    sequential    // one after the other on one engine each
};
enum class Divider { integer, shifter };

struct DualEngine : Common {
    std::int64_t lanes = 8, multipliers = 8, replicas = 16;
    CycleMode cycleMode = CycleMode::a;
    ReplicaMode replicaMode = ReplicaMode::ideal;
    MsaMode msa = MsaMode::split;
    Divider divider = Divider::integer;
    bool overlap = true; // depthwise beside pointwise
    bool fusion = true;  // what lies between the two, and the context of attention, stays on chip
    bool reconfigurable = true; // off: depthwise layers run on adder trees at 1 / 8
    bool head = false;          // the classifier too; the papers' figures are of the backbone
    std::int64_t activationKB = 1024, weightKB = 512;

    DualEngine()
    {
        clockMHz = 200;
        dramGBs = 19.2;
        dramEfficiency = 0.8;
        multiplyPicojoule = 0; // solved for the paper's power
        addPicojoule = 0;
        sramPicojoule = 1.2;
        dramPicojoulePerBit = 70.0 / 8;
        nodeScale = 1;
        staticWatt = 3;
    }
};

Result<SimResult> runDualEngine(const Workload& workload, const DualEngine& config);
std::vector<Buffer> dualEngineBuffers(const DualEngine& config);
std::vector<AreaPart> dualEngineArea(const DualEngine& config);

// Energy of a multiply-accumulate, pJ, for which EfficientViT-B1 at 224 draws the paper's 7.423 W
// (780.2 GOPS at 105.1 GOPS/W) with the other defaults and these modes. Only the total is anchored.
double calibratedMacPicojoule(CycleMode cycles, ReplicaMode replicas);

} // namespace vitrine::sim
