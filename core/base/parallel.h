#pragma once

#include <cstddef>
#include <functional>

namespace vitrine
{

// Calls body(i) for 0 <= i < count on up to `threads` threads (0: threadCount()), the caller among
// them; returns when all are done. Items are handed out in order, each exactly once; they must not
// depend on each other, and the result must not depend on who computes which (that is how results
// stay bit-identical for every thread count). Calls do not nest: an inner call runs serially.
// Threads of the pool are kept. body must not throw.
void parallelFor(std::size_t count, const std::function<void(std::size_t)>& body, int threads = 0);

// Threads that parallelFor uses by default: set once at start from the parameter `threads`, else
// the number of processors.
int threadCount();
void setThreadCount(int threads);

} // namespace vitrine
