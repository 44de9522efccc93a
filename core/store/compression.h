#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>

namespace vitrine
{

std::string compressed(std::string_view bytes); // one zstd frame that states its size
Result<std::string> decompressed(std::string_view frame);

} // namespace vitrine
