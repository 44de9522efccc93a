#include "tests/fuzz/allocation_watch.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace
{

std::atomic<std::size_t> largest{0};

void* allocate(std::size_t bytes, std::size_t alignment)
{
    for (std::size_t seen = largest.load(std::memory_order_relaxed);
         bytes > seen && !largest.compare_exchange_weak(seen, bytes);) {
    }
    const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    void* memory = alignment > __STDCPP_DEFAULT_NEW_ALIGNMENT__
                       ? std::aligned_alloc(alignment, rounded)
                       : std::malloc(bytes > 0 ? bytes : 1);
    if (!memory)
        throw std::bad_alloc();
    return memory;
}

} // namespace

namespace vitrine::fuzz
{

void resetLargestAllocation()
{
    largest = 0;
}

std::size_t largestAllocation()
{
    return largest;
}

} // namespace vitrine::fuzz

void* operator new(std::size_t bytes)
{
    return allocate(bytes, 1);
}
void* operator new[](std::size_t bytes)
{
    return allocate(bytes, 1);
}
void* operator new(std::size_t bytes, std::align_val_t alignment)
{
    return allocate(bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment)
{
    return allocate(bytes, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept
{
    try {
        return allocate(bytes, 1);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
void* operator new[](std::size_t bytes, const std::nothrow_t& none) noexcept
{
    return operator new(bytes, none);
}
void operator delete(void* memory) noexcept
{
    std::free(memory);
}
void operator delete[](void* memory) noexcept
{
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept
{
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept
{
    std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept
{
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept
{
    std::free(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept
{
    std::free(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept
{
    std::free(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept
{
    std::free(memory);
}
