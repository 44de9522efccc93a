#pragma once

#include "core/sim/cost/array_model.h"
#include "core/sim/cost/energy.h"

namespace vitrine::sim
{

enum class Design { vitality, sanger };
enum class ContextData {
    forwarded,
    stationary
}; // G leaves the array and comes back, or stays in it
enum class Pipeline {
    array, // what the array needs; the other arrays are hidden, as the reference table counts
    full   // with the first head's preparation and the last one's drain
};

struct Vitality : Common {
    Design design = Design::vitality;
    ArrayTime time = ArrayTime::preload;
    Pipeline pipeline = Pipeline::array;
    ContextData context = ContextData::forwarded;
    std::int64_t rows = 64, columns = 64;
    std::int64_t lanes = 64; // of accumulator, adder and divider arrays each
    std::int64_t dividerLatency = 8;
    bool skipDenominator = false;
    double kept = 0.25; // Sanger: share of attention that is kept
    double balance = 1; // Sanger: load balance of the sparse array
    std::int64_t sangerColumns = 16;
    std::int64_t sramKB = 200;

    Vitality() { dramGBs = 76.8; }
};

// Its parameters, with ranges and the marks of the defaults.
const std::vector<Field<Vitality>>& vitalityFields();

} // namespace vitrine::sim
