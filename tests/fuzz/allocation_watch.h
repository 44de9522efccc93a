#pragma once

#include <cstddef>

namespace vitrine::fuzz
{

// The largest single request to operator new, in the whole process, since the last reset. The
// program that links allocation_watch.cpp replaces operator new.
void resetLargestAllocation();
std::size_t largestAllocation();

} // namespace vitrine::fuzz
