#include "core/base/json.h"
#include "core/jobs/experiment/run_record.h"
#include "tests/fuzz/fuzz_target.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    return vitrine::parseJson(bytes, "fuzz").and_then([](const vitrine::Json& json) {
        return vitrine::parseBundleJson(json);
    });
})
