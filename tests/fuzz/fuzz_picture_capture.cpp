#include "core/attention/picture/picture_file.h"
#include "tests/fuzz/fuzz_target.h"

#include <unistd.h>

#include <fstream>

// Files are mapped, so each input is written out first. What opens gives a row of its maps.
VITRINE_FUZZ_TARGET([](std::string_view bytes) -> vitrine::Result<std::vector<float>> {
    using namespace vitrine::attention;
    static const auto path =
        std::filesystem::temp_directory_path() / ("vitrine-fuzz-" + std::to_string(::getpid()));
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    VITRINE_TRY(const PictureCapture capture, PictureCapture::open(path));
    return capture.map(0, 0, ownAttending(capture.layers().front())).row(0);
})
