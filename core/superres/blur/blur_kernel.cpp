#include "core/superres/blur/blur_kernel.h"

#include <algorithm>
#include <cmath>

namespace vitrine::superres
{
namespace
{

constexpr double kLeastVariance = 0.01, kMostVariance = 100.0;

Result<void> checkSide(std::int64_t side)
{
    if (side < 1 || side > kLargestKernel || side % 2 == 0)
        return argumentError("a kernel has an odd side of 1 to {}, not {}", kLargestKernel, side);
    return {};
}

TestKernel testKernel(const char* id, const char* about, Sampling sampling, double variance1,
                      double variance2, double angle)
{
    return {id,       about,     gaussianKernel(variance1, variance2, angle).value(),
            sampling, variance1, variance2,
            angle};
}

} // namespace

Result<BlurKernel> blurKernel(std::int64_t side, std::vector<double> values)
{
    VITRINE_CHECK(checkSide(side));
    if (values.size() != static_cast<std::size_t>(side * side))
        return argumentError("a kernel of side {} has {} values, not {}", side, side * side,
                             values.size());
    double sum = 0, sizes = 0;
    for (const double value : values) {
        sum += value;
        sizes += std::abs(value);
    }
    if (!std::isfinite(sizes))
        return argumentError("a kernel's values must be finite numbers");
    if (!(sum > sizes / 1000.0) || !std::isnormal(sum))
        return argumentError("a kernel's values must have a positive sum, not {}", sum);
    for (double& value : values)
        value /= sum;
    return BlurKernel{side, std::move(values)};
}

Result<BlurKernel> gaussianKernel(double variance1, double variance2, double angle,
                                  std::int64_t side)
{
    VITRINE_CHECK(checkSide(side));
    for (const double variance : {variance1, variance2})
        if (!(variance >= kLeastVariance && variance <= kMostVariance))
            return argumentError("a kernel's variance is {} to {}, not {}", kLeastVariance,
                                 kMostVariance, variance);
    if (!std::isfinite(angle))
        return argumentError("a kernel's angle must be a number");
    const double cosine = std::cos(angle), sine = std::sin(angle);
    std::vector<double> values;
    const std::int64_t reach = side / 2;
    for (std::int64_t y = -reach; y <= reach; ++y)
        for (std::int64_t x = -reach; x <= reach; ++x) {
            const double right = static_cast<double>(x), down = static_cast<double>(y);
            const double along = cosine * right + sine * down,
                         across = cosine * down - sine * right;
            values.push_back(
                std::exp(-0.5 * (along * along / variance1 + across * across / variance2)));
        }
    return blurKernel(side, std::move(values));
}

KernelMoments momentsOf(const BlurKernel& kernel)
{
    KernelMoments moments;
    const std::int64_t reach = kernel.side / 2;
    const auto forEach = [&](auto&& use) {
        for (std::int64_t y = 0; y < kernel.side; ++y)
            for (std::int64_t x = 0; x < kernel.side; ++x)
                use(kernel.at(x, y), static_cast<double>(x - reach),
                    static_cast<double>(y - reach));
    };
    forEach([&](double weight, double x, double y) {
        moments.meanX += weight * x;
        moments.meanY += weight * y;
    });
    forEach([&](double weight, double x, double y) {
        const double dx = x - moments.meanX, dy = y - moments.meanY;
        moments.xx += weight * dx * dx;
        moments.xy += weight * dx * dy;
        moments.yy += weight * dy * dy;
    });
    return moments;
}

KernelEllipse ellipseOf(const BlurKernel& kernel)
{
    const KernelMoments of = momentsOf(kernel);
    const double middle = (of.xx + of.yy) / 2.0;
    const double half = std::hypot((of.xx - of.yy) / 2.0, of.xy);
    const bool isRound = half <= 1e-12 * std::abs(middle);
    return {middle + half, middle - half,
            isRound ? 0.0 : 0.5 * std::atan2(2.0 * of.xy, of.xx - of.yy)};
}

std::vector<TestKernel> testKernels()
{
    return {
        testKernel("g02", "Round, variance 0.2: all but sharp", Sampling::direct, 0.2, 0.2, 0.0),
        testKernel("g20", "Round, variance 2", Sampling::direct, 2.0, 2.0, 0.0),
        testKernel("aniso", "Variances 4 and 1, turned by −0.5 rad", Sampling::direct, 4.0, 1.0,
                   -0.5),
        testKernel("g13", "Round, variance 1.3, then bicubic", Sampling::bicubic, 1.3, 1.3, 0.0)};
}

} // namespace vitrine::superres
