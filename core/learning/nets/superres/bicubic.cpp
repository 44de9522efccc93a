#include "core/learning/nets/superres/bicubic.h"

#include <algorithm>
#include <cmath>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

// Keys 1981, eq. (15).
double keysCubic(double x)
{
    const double d = std::abs(x);
    if (d <= 1.0)
        return 1.5 * d * d * d - 2.5 * d * d + 1.0;
    return d < 2.0 ? -0.5 * d * d * d + 2.5 * d * d - 4.0 * d + 2.0 : 0.0;
}

int64_t mirrored(int64_t at, int64_t size)
{
    const int64_t inPeriod = ((at % (2 * size)) + 2 * size) % (2 * size);
    return std::min(inPeriod, 2 * size - 1 - inPeriod);
}

} // namespace

Tensor resampleMatrix(int64_t from, int64_t to)
{
    const double scale = static_cast<double>(to) / static_cast<double>(from);
    const double narrow = std::min(scale, 1.0), reach = 2.0 / narrow;
    const Tensor matrix = torch::zeros({to, from}, torch::kDouble);
    auto weights = matrix.accessor<double, 2>();
    for (int64_t i = 0; i < to; ++i) {
        const double centre = (static_cast<double>(i) + 0.5) / scale - 0.5;
        const auto first = static_cast<int64_t>(std::floor(centre - reach));
        const auto last = static_cast<int64_t>(std::ceil(centre + reach));
        double sum = 0.0;
        for (int64_t j = first; j <= last; ++j)
            sum += keysCubic((centre - static_cast<double>(j)) * narrow);
        for (int64_t j = first; j <= last; ++j)
            weights[i][mirrored(j, from)] +=
                keysCubic((centre - static_cast<double>(j)) * narrow) / sum;
    }
    return matrix;
}

Tensor bicubic(const Tensor& pictures, int64_t height, int64_t width)
{
    const Tensor rows = resampleMatrix(pictures.size(-2), height);
    const Tensor columns = resampleMatrix(pictures.size(-1), width);
    const Tensor resampled = rows.matmul(pictures.to(torch::kDouble)).matmul(columns.t());
    return resampled.round_().clamp_(0, 255).to(torch::kUInt8);
}

} // namespace vitrine::learning
