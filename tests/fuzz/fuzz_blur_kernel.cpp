#include "core/superres/blur/kernel_file.h"
#include "tests/fuzz/fuzz_target.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) { return vitrine::superres::kernelFromText(bytes); })
