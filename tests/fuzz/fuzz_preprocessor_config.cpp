#include "core/model/vision/vision_config.h"
#include "tests/fuzz/fuzz_target.h"

#include <cmath>

// What is taken prepares a small picture for a network of 8 x 8, or says why not.
VITRINE_FUZZ_TARGET([](std::string_view bytes) -> vitrine::Result<void> {
    using namespace vitrine::model;
    VisionConfig config;
    if (auto read = parsePreprocessorConfig(bytes, "fuzz", config); !read)
        return read;
    std::vector<std::string> assumed;
    const auto how = preprocessingOf(config, {.side = 8}, 3, assumed);
    if (!how)
        return tl::unexpected(how.error());
    const std::vector<std::uint8_t> pixels(3 * 9 * 7, 50);
    const auto seen = prepare({9, 7, 3, pixels}, *how);
    if (!seen)
        return tl::unexpected(seen.error());
    for (const float value : *seen)
        if (!std::isfinite(value))
            std::abort();
    return {};
})
