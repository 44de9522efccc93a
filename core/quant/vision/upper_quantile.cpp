#include "core/quant/vision/upper_quantile.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>

namespace vitrine::quant
{
namespace
{

// Where the quantile lies among `count` sorted values, from 0.
double quantilePlace(double q, std::int64_t count)
{
    return q * static_cast<double>(count - 1);
}

std::size_t valuesFromPlaceOn(double q, std::int64_t count)
{
    return static_cast<std::size_t>(count - static_cast<std::int64_t>(quantilePlace(q, count)));
}

} // namespace

UpperQuantile::UpperQuantile(double q, std::int64_t mostValues)
    : q_(q), kept_(mostValues > 0 ? valuesFromPlaceOn(q, mostValues) : 0)
{
    assert(q >= 0 && q <= 1);
}

void UpperQuantile::add(std::span<const float> values)
{
    for (const float x : values) {
        if (largest_.size() < kept_) {
            largest_.push_back(x);
            std::ranges::push_heap(largest_, std::greater{});
        } else if (x > largest_.front()) {
            std::ranges::pop_heap(largest_, std::greater{});
            largest_.back() = x;
            std::ranges::push_heap(largest_, std::greater{});
        }
    }
    count_ += static_cast<std::int64_t>(values.size());
    assert(count_ <= 0 || valuesFromPlaceOn(q_, count_) <= kept_);
}

double UpperQuantile::value() const
{
    assert(count_ > 0);
    auto sorted = largest_;
    std::ranges::sort(sorted, std::greater{});
    const double place = quantilePlace(q_, count_);
    const auto below = valuesFromPlaceOn(q_, count_) - 1; // from the top
    const auto low = static_cast<double>(sorted[below]);
    const auto high = static_cast<double>(sorted[below == 0 ? 0 : below - 1]);
    return low + (high - low) * (place - std::floor(place));
}

} // namespace vitrine::quant
