#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace vitrine::kernels
{

// Memory at a multiple of 64 bytes, not filled. Large ones lie in large pages, where the system has
// them for the asking: what reads all of the bytes once spends about a tenth of its time on looking
// up small pages.
std::shared_ptr<std::uint8_t[]> alignedBytes(std::size_t count);

} // namespace vitrine::kernels
