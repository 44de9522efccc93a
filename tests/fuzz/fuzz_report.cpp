#include "core/report/manuscript.h"
#include "tests/fuzz/fuzz_target.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    return vitrine::report::parseManuscript(bytes, "fuzz");
})
