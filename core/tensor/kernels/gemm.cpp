#include "core/tensor/kernels/multiply.h"
#include "core/tensor/kernels/one_thread.h"

#include <cassert>

#include <dnnl.h>

namespace vitrine::kernels
{

void gemm(bool transposed, std::int64_t m, std::int64_t n, std::int64_t k, const float* a,
          std::int64_t lda, const float* b, std::int64_t ldb, bool add, float* c, std::int64_t ldc)
{
    const OneThread guard;
    [[maybe_unused]] const auto status = dnnl_sgemm('N', transposed ? 'T' : 'N', m, n, k, 1.0f, a,
                                                    lda, b, ldb, add ? 1.0f : 0.0f, c, ldc);
    assert(status == dnnl_success);
}

} // namespace vitrine::kernels
