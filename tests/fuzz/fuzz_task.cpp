#include "core/model/task/task.h"
#include "tests/fuzz/fuzz_target.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) { return vitrine::model::parseTask(bytes, "fuzz"); })
