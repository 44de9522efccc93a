#include "core/model/vision/vision_config.h"
#include "tests/fuzz/fuzz_target.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    return vitrine::model::parseVisionConfig(bytes, "fuzz");
})
