#include "core/superres/picture/flicker.h"

#include "core/superres/picture/quality.h"

#include <cstdlib>

namespace vitrine::superres
{

Result<double> flickerIndex(const Succession& original, const Succession& enlarged)
{
    const Picture& first = original.before;
    for (const Picture* each : {&original.now, &enlarged.before, &enlarged.now})
        if (each->width != first.width || each->height != first.height)
            return inputError("pictures of one video have one size, not {} x {} and {} x {}",
                              first.width, first.height, each->width, each->height);
    if (first.values.empty())
        return inputError("pictures without pixels do not flicker");
    const auto x0 = lumaOf(first), x1 = lumaOf(original.now), y0 = lumaOf(enlarged.before),
               y1 = lumaOf(enlarged.now);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < x0.size(); ++i)
        sum += static_cast<std::uint64_t>(std::abs((y1[i] - y0[i]) - (x1[i] - x0[i])));
    return static_cast<double>(sum) / static_cast<double>(x0.size());
}

} // namespace vitrine::superres
