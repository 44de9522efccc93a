#include "core/tensor/kernels/aligned_bytes.h"

#include <new>

#include <sys/mman.h>

namespace vitrine::kernels
{

std::shared_ptr<std::uint8_t[]> alignedBytes(std::size_t count)
{
    constexpr std::size_t kLargePage = std::size_t{2} << 20, kLine = 64;
    const std::size_t align = count >= kLargePage ? kLargePage : kLine;
    auto* bytes = static_cast<std::uint8_t*>(::operator new[](count, std::align_val_t(align)));
#ifdef MADV_HUGEPAGE
    if (count >= kLargePage)
        madvise(bytes, count / kLargePage * kLargePage, MADV_HUGEPAGE);
#endif
    return {bytes, [align](std::uint8_t* p) { ::operator delete[](p, std::align_val_t(align)); }};
}

} // namespace vitrine::kernels
