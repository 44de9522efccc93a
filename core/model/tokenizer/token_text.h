#pragma once

#include <string>
#include <string_view>

namespace vitrine::model
{

// A token as people read it: without the tokenizer's sign for a space before it, line break and tab
// as signs.
std::string readableToken(std::string_view piece);

// Whether the piece begins a word: it carries the tokenizer's sign for a space, or a space.
bool beginsWithSpace(std::string_view piece);

} // namespace vitrine::model
