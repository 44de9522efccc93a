#pragma once

// Private to this room: containers that say where their pictures lie.
#include "core/base/regular_file.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace vitrine::codec
{

// An MP4 or QuickTime file may say that a track's samples lie at another address (ISO/IEC
// 14496-12, 8.7.2: a data reference without the flag "self-contained"); FFmpeg would take them from
// the same place of this file all the same. Such a file is an error that names the address;
// anything else is none.
Result<void> refuseOutsideData(const RegularFile& file, const std::filesystem::path& path);

// An address out of a foreign file, fit for a one-line message.
std::string shownAddress(std::string_view address);

} // namespace vitrine::codec
