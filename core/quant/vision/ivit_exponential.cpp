#include "core/quant/vision/ivit_exponential.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::quant
{

IvitExponential::IvitExponential(double scale, int steps) : steps_(steps)
{
    assert(scale >= 0x1p-12 && scale <= 16 && steps >= 0 && steps <= 24);
    while (scale > 0.125) {
        scale /= 2;
        ++refinement_;
    }
    k_ = static_cast<std::int64_t>(std::floor(-1 / scale));
}

std::int64_t IvitExponential::of(std::int64_t x) const
{
    assert(x <= 0);
    const std::int64_t fine = x * (std::int64_t{1} << refinement_);
    const std::int64_t p = std::max(fine + (fine >> 1) - (fine >> 4), k_ * steps_);
    const std::int64_t q = p / k_; // both below 0
    const std::int64_t r = p - q * k_;
    return ((r - 2 * k_) * (std::int64_t{1} << (steps_ - q))) >> 1;
}

} // namespace vitrine::quant
