#pragma once

#include <string>
#include <string_view>

namespace vitrine
{

// The beginning of a text that is too long to show: at most `most` bytes of UTF-8 and an ellipsis,
// never cut inside a character. A text that is short enough comes back as it is.
std::string cutText(std::string_view text, std::size_t most);

// The same for labels: in one line, cut at the last space where there is one ("Once upon a …").
std::string cutAtWord(std::string_view text, std::size_t most);

} // namespace vitrine
