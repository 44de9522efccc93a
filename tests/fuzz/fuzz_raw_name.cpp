#include "core/video/raw_name.h"
#include "tests/fuzz/fuzz_target.h"

// A name that says a layout gives one that can be asked for its size, or one line why not.
VITRINE_FUZZ_TARGET([](std::string_view bytes) -> vitrine::Result<std::uint64_t> {
    const auto layout = vitrine::video::guessRawLayout(bytes);
    return layout ? vitrine::video::rawFrameBytes(*layout) : vitrine::Result<std::uint64_t>(0);
})
