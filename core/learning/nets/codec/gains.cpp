#include "core/learning/nets/codec/gains.h"

#include <algorithm>
#include <cmath>

namespace vitrine::learning::codec
{

using torch::Tensor;

double lambdaOf(double quality)
{
    return 256.0 * std::exp2(quality);
}

GainsImpl::GainsImpl(int64_t channels)
{
    const double middle = lambdaOf((kQualities - 1) / 2.0);
    Tensor start = torch::empty({kQualities, channels});
    for (int i = 0; i < kQualities; ++i)
        start[i].fill_(0.5 * std::log(lambdaOf(i) / middle));
    logarithms_ = register_parameter("log_gains", start);
}

Tensor GainsImpl::forward(double quality)
{
    const double held = std::clamp(quality, 0.0, kQualities - 1.0);
    const auto below = std::min(static_cast<int64_t>(held), int64_t{kQualities - 2});
    const double part = held - static_cast<double>(below);
    const Tensor between = torch::lerp(logarithms_[below], logarithms_[below + 1], part);
    return between.exp().view({1, -1, 1, 1});
}

} // namespace vitrine::learning::codec
