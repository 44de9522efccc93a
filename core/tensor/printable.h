#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vitrine
{

// Text out of a foreign file, made fit for a one-line message: control characters and malformed
// UTF-8 become '?', the rest is cut after about `limit` bytes.
std::string printable(std::string_view text, std::size_t limit = 80);

// The same for the name or path of a file, which is never cut.
std::string printableName(std::string_view name);

// Length in bytes of the well-formed UTF-8 character that begins at `i`, 0 where there is none
// (Unicode, table 3-7).
std::size_t utf8Length(std::string_view text, std::size_t i);

} // namespace vitrine
