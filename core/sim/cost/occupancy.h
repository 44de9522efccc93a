#pragma once

#include "core/sim/cost/result.h"

#include <span>
#include <string>
#include <vector>

namespace vitrine::sim
{

// What a part of a buffer is for. Operands are those of the layer at work: the moving one, the
// weights (or the second operand of a product of activations), the result.
enum class Holds { nothing, in, weights, out, nextIn, nextWeights, before };

// An on-chip memory. `first` and `second` share it in halves (a double buffer); with `second` as
// nothing the first has all of it.
struct Buffer {
    const char* name;
    std::int64_t bytes = 0;
    Holds first = Holds::in, second = Holds::nothing;
    bool perProduct = false;                // sizes of one product of a batch (a head), not of all
    int activationBits = 0, weightBits = 0; // 0: as the layer says
    // Where the rule above does not describe it: bytes wanted by every layer of the workload.
    std::vector<std::int64_t> wanted = {};
};

// A layer's time in one buffer.
struct Filling {
    int layer = 0, buffer = 0;
    double start = 0, end = 0; // cycles
    std::int64_t needed = 0;   // bytes that layer and successor would like to hold
    std::int64_t resident = 0; // bytes of those that fit, at most the buffer's
};

// The buffers over the schedule: for every layer with a product and every buffer, by start. A
// layer's time is that of its units without the DRAM's.
std::vector<Filling> occupancy(const Workload& workload, const SimResult& result,
                               std::span<const Buffer> buffers);

} // namespace vitrine::sim
