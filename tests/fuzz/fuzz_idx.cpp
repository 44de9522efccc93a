#include "core/picture/idx.h"
#include "tests/fuzz/fuzz_target.h"

#include <unistd.h>

#include <fstream>

// Files are opened by their path, so each input is written out first.
VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    static const auto path =
        std::filesystem::temp_directory_path() / ("vitrine-fuzz-idx-" + std::to_string(::getpid()));
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return vitrine::readIdx(path);
})
