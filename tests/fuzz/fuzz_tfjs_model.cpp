#include "core/superres/tfjs/tfjs_upscaler.h"
#include "tests/fuzz/fuzz_target.h"

#include <algorithm>

using namespace vitrine;

// model.json, a zero byte, the bytes of all shards, which the first of them gets. What opens
// enlarges a picture.
VITRINE_FUZZ_TARGET([](std::string_view bytes) -> Result<superres::Enlarged> {
    const auto end = std::min(bytes.find('\0'), bytes.size());
    std::string_view left = bytes.substr(std::min(end + 1, bytes.size()));
    const auto shard = [&](const std::string&, std::uint64_t most) -> Result<std::string> {
        const std::string given(left.substr(0, most));
        left.remove_prefix(given.size());
        return given;
    };
    VITRINE_TRY(auto model, superres::parseTfjsModel(bytes.substr(0, end), "fuzz", shard));
    return superres::tfjsUpscaler(std::move(model))->enlarged(superres::blankImage(5, 3), {});
})
