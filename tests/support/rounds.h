#pragma once

#include <algorithm>
#include <cstdlib>

namespace vitrine::tests
{

// How often a test that kills, stops or mutates does it: `whole` where VITRINE_TEST_FULL is set,
// else a twentieth.
inline int rounds(int whole)
{
    return std::getenv("VITRINE_TEST_FULL") ? whole : std::max(1, whole / 20);
}

} // namespace vitrine::tests
