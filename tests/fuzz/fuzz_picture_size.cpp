#include "core/base/result.h"
#include "core/picture/left_out.h"
#include "core/picture/picture_size.h"
#include "tests/fuzz/fuzz_target.h"

// Only what is read before a decoder sees the bytes: no end is overrun, no size is below 0.
VITRINE_FUZZ_TARGET([](std::string_view bytes) -> vitrine::Result<void> {
    (void)vitrine::leftOutOf(bytes);
    if (const auto size = vitrine::claimedSize(bytes); size && size->height < 0)
        std::abort();
    return {};
})
