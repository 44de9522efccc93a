#include "core/attention/picture/picture_file.h"
#include "tests/fuzz/fuzz_target.h"

#include <unistd.h>

#include <fstream>

// Files are mapped, so each input is written out first. What opens gives a row of the last
// head of each layer.
VITRINE_FUZZ_TARGET([](std::string_view bytes) -> vitrine::Result<std::vector<float>> {
    using namespace vitrine::attention;
    static const auto path =
        std::filesystem::temp_directory_path() / ("vitrine-fuzz-" + std::to_string(::getpid()));
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    VITRINE_TRY(const PictureCapture capture, PictureCapture::open(path));
    std::vector<float> rows;
    for (std::size_t layer = 0; layer < capture.layers().size(); ++layer) {
        const PictureLayer& of = capture.layers()[layer];
        rows = capture.map(layer, of.heads - 1, ownAttending(of)).row(0);
    }
    return rows;
})
