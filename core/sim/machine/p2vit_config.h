#pragma once

#include "core/sim/cost/energy.h"

namespace vitrine::sim
{

enum class Exposure {
    lanes,        // what is not hidden follows from the lanes of the side processors
    paperAblation // 0.34 and 0.45 of attention, 0.15 of the MLP: the paper's ablation table
};

struct P2Vit : Common {
    std::int64_t rows = 16, depth = 64; // token rows x length of the dot product, 8-bit MACs
    std::int64_t shifterRows = 16, shifterDepth = 64;
    std::int64_t softmaxLanes = 16, normLanes = 64, requantLanes = 64;
    std::int64_t weightBits = 0; // 0: as the workload says
    bool interLayer = true, intraLayer = true;
    Exposure exposure = Exposure::lanes;
    double blockOverhead = 0; // cycles per block for fill, drain and exposed LayerNorm
    std::int64_t activationKB = 256, weightKB = 128;
};

// Its parameters, with ranges and the marks of the defaults.
const std::vector<Field<P2Vit>>& p2vitFields();

} // namespace vitrine::sim
