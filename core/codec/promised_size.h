#pragma once

// Private to this room: how long a container says that its file is.
#include "core/base/regular_file.h"

#include <optional>

namespace vitrine::codec
{

// Bytes of the whole file as the headers of Matroska, RIFF (AVI) and ISO media (MP4, MOV) promise
// them; nothing for other files, and where the header does not say.
std::optional<std::uint64_t> promisedSize(const RegularFile& file);

} // namespace vitrine::codec
