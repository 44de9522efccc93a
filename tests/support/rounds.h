#pragma once

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace vitrine::tests
{

// How often a test of many rounds goes round: all of them where VITRINE_TEST_FULL is 1, else a
// twentieth.
inline int rounds(int whole)
{
    const char* full = std::getenv("VITRINE_TEST_FULL");
    return full && std::string_view(full) == "1" ? whole : std::max(1, whole / 20);
}

// From which round on: 0, or VITRINE_TEST_FIRST_ROUND, to look at one that failed.
inline int firstRound()
{
    const char* first = std::getenv("VITRINE_TEST_FIRST_ROUND");
    return first ? std::max(0, std::atoi(first)) : 0;
}

} // namespace vitrine::tests
