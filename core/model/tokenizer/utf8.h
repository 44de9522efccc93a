#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>

namespace vitrine::model
{

// Error (input) that names the first malformed byte.
Result<void> checkUtf8(std::string_view text);

// Malformed sequences replaced by U+FFFD, one for each longest start of a character (as browsers do
// it).
std::string repairUtf8(std::string_view text);

// The character at `i` of well-formed text, `i` moved behind it.
char32_t nextCharacter(std::string_view text, std::size_t& i);
void appendCharacter(std::string& text, char32_t character);

// White_Space of Unicode.
bool isWhiteSpace(char32_t character);

// Every `what` replaced by `with`; an empty `what` changes nothing.
std::string replaceAll(std::string_view text, std::string_view what, std::string_view with);

} // namespace vitrine::model
