#include "core/video/y4m.h"
#include "tests/fuzz/fuzz_target.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    return vitrine::video::parseY4mHeader(bytes, "fuzz");
})
