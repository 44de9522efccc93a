#pragma once

#include <cstdint>

namespace vitrine::learning
{

struct ProductSize {
    int64_t rows, columns, inner;
};
struct Factor {
    const float* data;
    int64_t stride;          // distance of its stored rows
    bool transposed = false; // stored as the transpose of what the product needs
};
struct Target {
    float* data;
    int64_t stride;
};
enum class Sum { replace, add };

// target (+)= a * b, all row-major F32, by the BLAS that libtorch itself uses.
void product(ProductSize size, Factor a, Factor b, Target target, Sum sum);

// Threads of libtorch and of the BLAS. More than the free cores is many times slower than one.
void limitThreads(int threads);

} // namespace vitrine::learning
