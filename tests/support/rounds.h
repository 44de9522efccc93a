#pragma once

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace vitrine::tests
{

// How often a long test repeats itself: `whole` times where VITRINE_TEST_FULL=1 is set, else a
// twentieth of that.
inline int rounds(int whole)
{
    const char* full = std::getenv("VITRINE_TEST_FULL");
    return full != nullptr && std::string_view(full) == "1" ? whole : std::max(1, whole / 20);
}

} // namespace vitrine::tests
