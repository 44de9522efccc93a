#pragma once

// Private to this room: which of FFmpeg's formats are opened.
#include "core/base/result.h"

#include <string_view>

namespace vitrine::codec
{

// Whether a file of this format, as FFmpeg names it ("mov,mp4,m4a,3gp,3g2,mj2"), is opened. The
// error says what the file is, to be put behind "cannot read NAME: ".
Result<void> checkMediaFormat(std::string_view name, std::string_view longName);

} // namespace vitrine::codec
