#include "core/quant/vision/trace_estimate.h"

#include <cmath>
#include <vector>

namespace vitrine::quant
{

bool TraceEstimate::add(double value, const TraceSettings& settings)
{
    const double before = mean, distance = value - mean;
    ++draws;
    mean += distance / draws;
    squares_ += distance * (value - mean);
    if (draws > 1) {
        standardError = std::sqrt(squares_ / (draws - 1) / draws);
        hasSettled = std::abs(mean - before) <= settings.tolerance * std::abs(before);
    }
    return !hasSettled && draws < settings.mostDraws;
}

Result<TraceEstimate>
estimateTrace(std::size_t size,
              const std::function<Result<double>(std::span<const float> v)>& quadratic,
              Random& random, const TraceSettings& settings)
{
    TraceEstimate estimate;
    std::vector<float> v(size);
    for (bool goesOn = true; goesOn;) {
        for (float& one : v)
            one = random.below(2) == 0 ? -1.0f : 1.0f;
        VITRINE_TRY(const double value, quadratic(v));
        goesOn = estimate.add(value, settings);
    }
    return estimate;
}

} // namespace vitrine::quant
