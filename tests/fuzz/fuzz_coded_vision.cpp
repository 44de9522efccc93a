#include "core/quant/vision/coded_files.h"
#include "tests/fuzz/fuzz_target.h"

#include <unistd.h>

#include <fstream>

// config.json, a zero byte, model.safetensors: both are read from a folder, so they are written out
// first.
VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    static const auto folder = std::filesystem::temp_directory_path() /
                               ("vitrine-fuzz-codes-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const auto write = [&](const char* name, std::string_view part) {
        std::ofstream(folder / name, std::ios::binary)
            .write(part.data(), static_cast<std::streamsize>(part.size()));
    };
    const auto end = std::min(bytes.find('\0'), bytes.size());
    write("config.json", bytes.substr(0, end));
    write("model.safetensors", bytes.substr(std::min(end + 1, bytes.size())));
    return vitrine::quant::openCodedVision(folder);
})
