#include "core/tensor/kernels/multiply.h"

#include <cassert>

#include <dnnl.h>

// oneDNN runs on GNU OpenMP; declared here because clang has no <omp.h> of its own on every system.
extern "C" {
int omp_get_max_threads();
void omp_set_num_threads(int);
}

namespace vitrine::kernels
{
namespace
{

// parallelFor distributes the tiles, so each call must stay on its thread. The setting belongs to
// the thread; it is put back for whoever else uses OpenMP on it.
class OneThread
{
public:
    OneThread() : before_(omp_get_max_threads())
    {
        if (before_ != 1)
            omp_set_num_threads(1);
    }
    ~OneThread()
    {
        if (before_ != 1)
            omp_set_num_threads(before_);
    }
    OneThread(const OneThread&) = delete;
    OneThread& operator=(const OneThread&) = delete;

private:
    int before_;
};

} // namespace

void gemm(bool transposed, std::int64_t m, std::int64_t n, std::int64_t k, const float* a,
          std::int64_t lda, const float* b, std::int64_t ldb, bool add, float* c, std::int64_t ldc)
{
    const OneThread guard;
    [[maybe_unused]] const auto status = dnnl_sgemm('N', transposed ? 'T' : 'N', m, n, k, 1.0f, a,
                                                    lda, b, ldb, add ? 1.0f : 0.0f, c, ldc);
    assert(status == dnnl_success);
}

} // namespace vitrine::kernels
