#pragma once

#include <cstddef>
#include <string_view>

namespace vitrine
{

// A name that is one file in a folder: not empty, at most 200 bytes, no slash, no control
// character, not "." or "..".
bool isPlainFileName(std::string_view name);

// Exactly so many lower-case hexadecimal digits: a uid has 32, a SHA-256 64.
bool isHex(std::string_view text, std::size_t digits);

// How the folder of a job ends that the store has taken in and is removing.
inline constexpr std::string_view kGoneJob = ".gone";

} // namespace vitrine
