#pragma once

#include "core/base/result.h"

#include <cstdint>

namespace vitrine::quant
{

// Bytes per second at which all threads together read memory in order: the fastest of several
// passes over a buffer that is made for it. A model whose weights lie in memory is decoded no
// faster than they are read. A buffer that the caches hold measures the caches.
Result<double> measureReadBandwidth(std::uint64_t bytes);

// Bytes that no cache of this machine holds, as far as it says how large they are: 256 MiB to 1 GiB.
std::uint64_t bandwidthBuffer();

} // namespace vitrine::quant
