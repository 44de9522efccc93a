#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace vitrine
{

// One zstd frame that states its size. Where it is incredibly small for what is in it, something to
// be skipped follows, so that it is read back.
std::string compressed(std::string_view bytes);

// At most `limit` bytes, nor more than so small a frame can be believed to hold (4 MiB and 500
// times its size): one that states more is refused before anything is allocated, and one that
// states nothing ends there.
Result<std::string> decompressed(std::string_view frame, std::uint64_t limit);

} // namespace vitrine
