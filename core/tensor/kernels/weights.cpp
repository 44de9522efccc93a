#include "core/tensor/kernels/weights.h"

#include <vector>

namespace vitrine::kernels
{

void multiplySlowly(const WeightMatrix& weights, const float* x, double* y)
{
    std::vector<float> row(static_cast<std::size_t>(weights.inputs()));
    for (std::int64_t r = 0; r < weights.outputs(); ++r) {
        weights.widen(r, r + 1, row.data());
        y[r] = 0;
        for (std::size_t i = 0; i < row.size(); ++i)
            y[r] += static_cast<double>(row[i]) * static_cast<double>(x[i]);
    }
}

} // namespace vitrine::kernels
