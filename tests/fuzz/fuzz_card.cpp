#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/nets_files.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    return vitrine::fuzz::readNetsCard(std::string(bytes));
})
