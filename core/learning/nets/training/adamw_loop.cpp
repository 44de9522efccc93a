#include "core/learning/nets/training/adamw_loop.h"

#include <cmath>

namespace vitrine::learning::loops
{

void adamw(const Adamw& how, int64_t count, float* parameter, const float* gradient, float* first,
           float* second)
{
    for (int64_t i = 0; i < count; ++i) {
        const float g = gradient[i] * how.gradientScale;
        first[i] = how.beta1 * first[i] + (1.0f - how.beta1) * g;
        second[i] = how.beta2 * second[i] + (1.0f - how.beta2) * g * g;
        const float root = std::sqrt(second[i]) * how.inverseRootCorrection2 + how.epsilon;
        parameter[i] = parameter[i] * how.keep - how.rate * first[i] / root;
    }
}

} // namespace vitrine::learning::loops
