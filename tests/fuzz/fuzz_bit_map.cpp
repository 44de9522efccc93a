#include "core/sim/workload/bit_map.h"
#include "core/sim/workload/workloads.h"
#include "tests/fuzz/fuzz_target.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    static const auto unchanged = vitrine::sim::namedWorkload("deit-tiny").value();
    auto workload = unchanged;
    return vitrine::sim::applyBitMap(workload, bytes, "fuzz");
})
