#pragma once

#include "core/base/random.h"
#include "core/base/result.h"

#include <cstddef>
#include <functional>
#include <span>

namespace vitrine::quant
{

// Trace of a matrix H that is known by its quadratic form alone: the mean of v^T H v over vectors v
// of -1 and +1 (Hutchinson 1990). What H is, the Hessian of a loss or a Gauss-Newton matrix, is the
// caller's matter and has to be said beside the result.
struct TraceSettings {
    int mostDraws = 150;
    double tolerance = 0.005; // stop when the running mean moves by less than this share
};

struct TraceEstimate {
    double mean = 0;
    double standardError = 0; // of the mean; 0 after one draw
    int draws = 0;
    bool hasSettled = false; // false: the draws were used up

    // One more value; true where another is due.
    bool add(double value, const TraceSettings& settings = {});

private:
    double squares_ = 0; // of the distances to the mean
};

// v has `size` entries. An error of the callback ends it.
Result<TraceEstimate>
estimateTrace(std::size_t size,
              const std::function<Result<double>(std::span<const float> v)>& quadratic,
              Random& random, const TraceSettings& settings = {});

} // namespace vitrine::quant
