#pragma once

#include "core/tensor/kernels/weights.h"

#include <cstdint>
#include <span>

namespace vitrine::kernels
{

// One linear layer applied to rows: y = x W^T (+ bias), or y += ... where `add`. Row r of y starts
// at y + r * stride.
struct Product {
    const WeightMatrix* weights = nullptr;
    const float* bias = nullptr; // [outputs]
    float* y = nullptr;
    std::int64_t stride = 0;
    bool add = false;
};

// Applies every product to the same x (rows of `inputs` values, row r at x + r * stride) in one
// parallel loop. Arithmetic is fp32, whatever the layout of the weights. Tiles depend on shapes
// alone: results are bit-identical for every thread count. Few rows (decoding; how
// few, the layout of the weights says) take a matrix-vector kernel, many rows oneDNN's GEMM.
void multiply(const float* x, std::int64_t rows, std::int64_t stride,
              std::span<const Product> products);

// Row-major C [m, n] = A [m, k] B, or += where `add`; B is [k, n], or [n, k] where `transposed`. On
// the calling thread alone.
void gemm(bool transposed, std::int64_t m, std::int64_t n, std::int64_t k, const float* a,
          std::int64_t lda, const float* b, std::int64_t ldb, bool add, float* c, std::int64_t ldc);

} // namespace vitrine::kernels
