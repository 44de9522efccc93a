#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vitrine::model
{

// GPT-2's printable stand-ins for bytes: 33-126, 161-172 and 174-255 stand for themselves, the
// other 68 are written as the characters 256, 257, ... in order ("Ġ" for the space).
std::string bytesToCharacters(std::string_view bytes);
// The way back; nothing where a character stands for no byte.
std::optional<std::string> charactersToBytes(std::string_view text);

} // namespace vitrine::model
