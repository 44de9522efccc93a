#include "core/superres/s2r/s2r_config.h"
#include "tests/fuzz/fuzz_target.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    return vitrine::superres::parseS2rConfig(bytes, "config.json");
})
