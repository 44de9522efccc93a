#include "core/model/checkpoint/packed_codes.h"
#include "tests/fuzz/fuzz_target.h"

#include <unistd.h>

#include <fstream>

// Files are mapped, so each input is written out first.
VITRINE_FUZZ_TARGET([](std::string_view bytes)
                        -> vitrine::Result<std::map<std::string, vitrine::kernels::BinaryCodes>> {
    static const auto path =
        std::filesystem::temp_directory_path() / ("vitrine-fuzz-" + std::to_string(::getpid()));
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    VITRINE_TRY(const vitrine::Safetensors file, vitrine::Safetensors::open(path));
    return vitrine::model::readPackedCodes(file);
})
