#include "core/superres/blur/back_projection.h"

#include "core/superres/blur/degradation.h"
#include "core/superres/picture/resampling.h"

#include <algorithm>
#include <cmath>

namespace vitrine::superres
{
namespace
{

Result<std::int64_t> scaleBetween(const Image& low, const Image& high)
{
    const std::int64_t scale = low.width > 0 ? high.width / low.width : 0;
    if (scale < 1 || high.width != low.width * scale || high.height != low.height * scale)
        return argumentError("{} x {} pixels are no whole multiple of {} x {}", high.width,
                             high.height, low.width, low.height);
    return scale;
}

Result<Image> missingFrom(const Image& y, const Image& low, const BlurKernel& kernel,
                          Sampling sampling, int threads)
{
    VITRINE_TRY(const std::int64_t scale, scaleBetween(low, y));
    VITRINE_TRY(Image missing, degraded(y, kernel, scale, sampling, threads));
    std::ranges::transform(low.values, missing.values, missing.values.begin(), std::minus());
    return missing;
}

double rootMeanSquare(const Image& image)
{
    double sum = 0;
    for (const float value : image.values)
        sum += static_cast<double>(value) * value;
    return std::sqrt(sum / static_cast<double>(image.values.size()));
}

} // namespace

Result<BackProjected> backProjected(Image y, const Image& low, const BlurKernel& kernel,
                                    Sampling sampling, int steps, const Progress& progress,
                                    int threads)
{
    BackProjected result;
    for (int step = 0; step < steps; ++step) {
        if (progress && !progress(static_cast<double>(step) / steps))
            return cancelled();
        VITRINE_TRY(const Image missing, missingFrom(y, low, kernel, sampling, threads));
        result.residuals.push_back(rootMeanSquare(missing));
        const Image gain = resampled(missing, y.width, y.height, Filter::bicubic, threads);
        std::ranges::transform(
            y.values, gain.values, y.values.begin(),
            [](float value, float more) { return std::clamp(value + more, 0.0f, 1.0f); });
    }
    VITRINE_TRY(const double last, residualOf(y, low, kernel, sampling, threads));
    result.residuals.push_back(last);
    result.image = std::move(y);
    return result;
}

Result<double> residualOf(const Image& y, const Image& low, const BlurKernel& kernel,
                          Sampling sampling, int threads)
{
    VITRINE_TRY(const Image missing, missingFrom(y, low, kernel, sampling, threads));
    return rootMeanSquare(missing);
}

} // namespace vitrine::superres
