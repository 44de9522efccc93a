#include "core/learning/nets/training/product.h"

#ifdef VITRINE_HAS_BLAS
// BLAS level 3, Fortran interface; libtorch brings the library into the process anyway.
extern "C" void sgemm_(const char* transa, const char* transb, const int* m, const int* n,
                       const int* k, const float* alpha, const float* a, const int* lda,
                       const float* b, const int* ldb, const float* beta, float* c, const int* ldc);
#endif
#include <torch/torch.h>

// OpenBLAS has threads of its own; where another BLAS is installed, the name stays unresolved.
extern "C" __attribute__((weak)) void openblas_set_num_threads(int threads);

namespace vitrine::learning
{

#ifdef VITRINE_HAS_BLAS

// BLAS is column-major: the row-major product is b^T * a^T there. Called directly, since the maps
// of small heads are thousands of small products a step, for which building tensors would cost as
// much as the product.
void product(ProductSize size, Factor a, Factor b, Target target, Sum sum)
{
    const char kindA = a.transposed ? 'T' : 'N', kindB = b.transposed ? 'T' : 'N';
    const int m = static_cast<int>(size.columns), n = static_cast<int>(size.rows);
    const int k = static_cast<int>(size.inner);
    const int lda = static_cast<int>(a.stride), ldb = static_cast<int>(b.stride);
    const int ldc = static_cast<int>(target.stride);
    const float alpha = 1.0f, beta = sum == Sum::add ? 1.0f : 0.0f;
    sgemm_(&kindB, &kindA, &m, &n, &k, &alpha, b.data, &ldb, a.data, &lda, &beta, target.data,
           &ldc);
}

#else

void product(ProductSize size, Factor a, Factor b, Target target, Sum sum)
{
    const torch::NoGradGuard noGradient;
    const auto view = [](const float* data, int64_t rows, int64_t columns, int64_t stride,
                         bool transposed) {
        auto* start =
            const_cast<float*>(data); // from_blob has no const form; nothing writes through it
        return transposed ? torch::from_blob(start, {rows, columns}, {1, stride})
                          : torch::from_blob(start, {rows, columns}, {stride, 1});
    };
    auto result = view(target.data, size.rows, size.columns, target.stride, false);
    const auto left = view(a.data, size.rows, size.inner, a.stride, a.transposed);
    const auto right = view(b.data, size.inner, size.columns, b.stride, b.transposed);
    if (sum == Sum::add)
        result.addmm_(left, right);
    else
        at::mm_out(result, left, right);
}

#endif

void limitThreads(int threads)
{
    torch::set_num_threads(threads);
    if (openblas_set_num_threads)
        openblas_set_num_threads(threads);
}

} // namespace vitrine::learning
