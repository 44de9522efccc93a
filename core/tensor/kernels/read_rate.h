#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace vitrine::kernels
{

// Of the last cache before memory, as the system tells it; at least a mebibyte.
std::size_t lastCacheBytes();

// Bytes of memory that all threads of parallelFor together read in a second: the best of `rounds`
// of several plain loops (one, two and four streams for each thread, with and without prefetching).
// A ceiling for products that read each weight once, where `memory` is several times the last
// cache.
double readRate(std::span<const std::uint8_t> memory, int rounds = 3);

} // namespace vitrine::kernels
