#pragma once

// oneDNN runs on GNU OpenMP; declared here because clang has no <omp.h> of its own on every system.
extern "C" {
int omp_get_max_threads();
void omp_set_num_threads(int);
}

namespace vitrine::kernels
{

// parallelFor distributes the work, so each call of oneDNN must stay on its thread. The setting
// belongs to the thread; it is put back for whoever else uses OpenMP on it.
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

} // namespace vitrine::kernels
