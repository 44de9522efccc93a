#include "core/tensor/safetensors.h"
#include "tests/fuzz/fuzz_target.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    return vitrine::parseSafetensorsHeader(std::as_bytes(std::span(bytes)), bytes.size(), "fuzz");
})
