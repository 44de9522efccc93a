#include "core/quant/vision/extreme_values.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <limits>

namespace vitrine::quant
{

LargestValues::LargestValues(std::size_t kept)
    : kept_(kept), least_(-std::numeric_limits<double>::infinity())
{
    assert(kept > 0);
}

void LargestValues::take(double value)
{
    values_.push_back(value);
    if (values_.size() == 2 * kept_)
        cut();
}

void LargestValues::cut()
{
    const auto last = values_.begin() + static_cast<std::ptrdiff_t>(kept_ - 1);
    std::ranges::nth_element(values_, last, std::greater{});
    least_ = *last;
    values_.resize(kept_);
}

double LargestValues::fromTop(std::size_t above) const
{
    assert(above < kept_ && above < values_.size());
    std::vector<double> values = values_;
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(above);
    std::ranges::nth_element(values, place, std::greater{});
    return *place;
}

} // namespace vitrine::quant
