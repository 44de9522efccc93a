#include "core/model/checkpoint/checkpoint_hf.h"
#include "tests/fuzz/fuzz_target.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    return vitrine::model::parseShardIndex(bytes, "fuzz");
})
