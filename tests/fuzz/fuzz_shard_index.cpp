#include "core/model/checkpoint/shard_index.h"
#include "tests/fuzz/fuzz_target.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    return vitrine::model::parseShardIndex(bytes, "fuzz");
})
