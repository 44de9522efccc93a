#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vitrine
{

struct PictureSize {
    std::int64_t width = 0, height = 0;
};

// What a PNG, JPEG, BMP, WebP, TIFF or PNM says its size is, before anything is decoded. Nothing:
// the bytes are of another kind, or end too soon.
std::optional<PictureSize> claimedSize(std::string_view bytes);

} // namespace vitrine
