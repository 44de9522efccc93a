#include "core/sim/workload/topology.h"
#include "tests/fuzz/fuzz_target.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    return vitrine::sim::parseTopology(bytes, "fuzz");
})
