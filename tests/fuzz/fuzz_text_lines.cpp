#include "core/model/task/text_lines.h"
#include "tests/fuzz/fuzz_target.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    return vitrine::model::parseTextLines(bytes, "fuzz");
})
