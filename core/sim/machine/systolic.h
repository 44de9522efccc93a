#pragma once

#include "core/sim/cost/array_model.h"
#include "core/sim/cost/energy.h"

namespace vitrine::sim
{

struct Systolic : Common {
    std::int64_t rows = 32, columns = 32;
    Dataflow dataflow = Dataflow::os;
    ArrayTime time = ArrayTime::scalesim;
    bool toolWrites = true; // count the writes that SCALE-Sim adds per fold with `os`
    std::int64_t ifmapKB = 64, filterKB = 64, ofmapKB = 64;

    Systolic() { sramPicojoule = sramPicojoulePerByte(64); }
};

// Its parameters, with ranges and the marks of the defaults.
const std::vector<Field<Systolic>>& systolicFields();

} // namespace vitrine::sim
