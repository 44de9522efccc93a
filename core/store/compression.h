#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace vitrine
{

std::string compressed(std::string_view bytes); // one zstd frame that states its size

// At most `limit` bytes: a frame that states more is refused before anything is allocated, and one
// that states nothing ends at the limit.
Result<std::string> decompressed(std::string_view frame, std::uint64_t limit);

} // namespace vitrine
