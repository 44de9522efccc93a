#pragma once

#include "core/base/random.h"

#include <string>

namespace vitrine::fuzz
{

// One to four seeded mutations of a file: bit flips, bytes swapped or replaced, cuts, spans
// removed, doubled or moved, numbers made huge, and edits of the little-endian numbers at its start
// (lengths and counts of binary formats).
std::string mutated(std::string bytes, Random& random);

} // namespace vitrine::fuzz
