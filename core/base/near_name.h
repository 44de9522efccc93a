#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace vitrine
{

// Insertions, deletions and replacements of bytes between two names (Levenshtein).
std::size_t lettersApart(std::string_view a, std::string_view b);

// What to say of a name that is not known: did you mean "group_columns"?, where one of the known
// names is near, else: known are version, planes.
std::string nameAdvice(std::string_view name, std::span<const std::string_view> known);

} // namespace vitrine
