#include "core/superres/blur/kernel_fit.h"

#include "core/base/parallel.h"
#include "core/superres/blur/degradation.h"
#include "core/superres/blur/log_power.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace vitrine::superres
{
namespace
{

constexpr std::int64_t kMostFitted = 512, kLeastFitted = 64;
constexpr double kLeastWidth = 0.05, kMostWidth = 6.0; // variances
constexpr double kNothing = 1e-9;                      // of power: so that none has a logarithm
constexpr double kVariancePrior = 0.02, kRoundPrior = 0.05;

struct Candidate {
    double variance1 = 0, variance2 = 0, angle = 0;
};

// The larger variance first, all in their ranges.
Candidate ordered(double variance1, double variance2, double angle)
{
    if (variance1 < variance2) {
        std::swap(variance1, variance2);
        angle += std::numbers::pi / 2;
    }
    angle -= std::numbers::pi * std::ceil(angle / std::numbers::pi - 0.5);
    return {std::clamp(variance1, kLeastWidth, kMostWidth),
            std::clamp(variance2, kLeastWidth, kMostWidth), angle};
}

std::vector<Candidate> grid()
{
    constexpr double kVariances[] = {0.2, 0.5, 1, 1.5, 2, 3, 4};
    constexpr int kAngles = 8;
    std::vector<Candidate> all;
    for (const double first : kVariances)
        for (const double second : kVariances)
            for (int i = 0; second <= first && i < (first == second ? 1 : kAngles); ++i)
                all.push_back(ordered(first, second, i * std::numbers::pi / kAngles));
    return all;
}

std::vector<Candidate> around(const Candidate& best, double step)
{
    const auto& [first, second, angle] = best;
    const double turn = step * std::numbers::pi / 8;
    return {ordered(first * (1 + step), second, angle), ordered(first / (1 + step), second, angle),
            ordered(first, second * (1 + step), angle), ordered(first, second / (1 + step), angle),
            ordered(first, second, angle + turn),       ordered(first, second, angle - turn)};
}

// The middle of the luma, 0..255; sides that can be halved often make quick transforms.
LumaPlane middleLuma(const Image& image, std::int64_t scale)
{
    const auto side = [&](std::int64_t whole) {
        return std::min(whole, kMostFitted) / (4 * scale) * (4 * scale);
    };
    LumaPlane plane{side(image.width), side(image.height), {}};
    const std::int64_t left = (image.width - plane.width) / 2,
                       top = (image.height - plane.height) / 2;
    for (std::int64_t y = 0; y < plane.height; ++y)
        for (std::int64_t x = 0; x < plane.width; ++x) {
            const float* pixel = image.row(top + y) + 3 * (left + x);
            plane.values.push_back(65.481 * static_cast<double>(pixel[0]) +
                                   128.553 * static_cast<double>(pixel[1]) +
                                   24.966 * static_cast<double>(pixel[2]) + 16.0);
        }
    return plane;
}

class Fit
{
public:
    Fit(LumaPlane plane, std::int64_t scale, Sampling sampling, int threads)
        : plane_(std::move(plane)),
          scale_(scale),
          sampling_(sampling),
          threads_(threads),
          power_(logPower(plane_, kNothing))
    {
    }

    // Whether one of them is better than the best so far, which it becomes.
    bool tryAll(const std::vector<Candidate>& candidates)
    {
        std::vector<double> costs(candidates.size());
        parallelFor(
            candidates.size(), [&](std::size_t i) { costs[i] = costOf(candidates[i]); }, threads_);
        tried_ += static_cast<std::int64_t>(candidates.size());
        const auto least = std::ranges::min_element(costs);
        if (*least >= cost_)
            return false;
        cost_ = *least;
        best_ = candidates[static_cast<std::size_t>(least - costs.begin())];
        return true;
    }

    const Candidate& best() const { return best_; }

    KernelFit result() const
    {
        const auto& [first, second, angle] = best_;
        return {
            first, second, angle, gaussianKernel(first, second, angle).value(), distanceOf(best_),
            tried_};
    }

private:
    double distanceOf(const Candidate& candidate) const
    {
        const double lost = 1.0 - 1.0 / static_cast<double>(scale_ * scale_);
        const double first = lost * candidate.variance1, second = lost * candidate.variance2;
        const auto reach = static_cast<std::int64_t>(std::ceil(4 * std::sqrt(first)));
        const BlurKernel kernel =
            gaussianKernel(first, second, candidate.angle, 2 * reach + 1).value();
        LumaPlane small{plane_.width / scale_, plane_.height / scale_, {}};
        small.values.resize(static_cast<std::size_t>(small.width * small.height));
        degrade(
            rowsOf(plane_.values, plane_.width, plane_.height, 1), kernel, scale_, sampling_,
            [&](std::int64_t y, const double* row) {
                std::copy_n(row, small.width, small.values.begin() + y * small.width);
            },
            threads_);
        // Rounding red, green and blue to 8 bits, each evenly over one level, is in the picture and
        // not in its reduction.
        constexpr double kRounding =
            (65.481 * 65.481 + 128.553 * 128.553 + 24.966 * 24.966) / (255.0 * 255.0 * 12.0);
        return shapeDistance(power_, logPower(small, kRounding));
    }

    double costOf(const Candidate& candidate) const
    {
        const double ratio = std::log(candidate.variance1 / candidate.variance2);
        return distanceOf(candidate) +
               kVariancePrior * (candidate.variance1 + candidate.variance2) / 2.0 +
               kRoundPrior * ratio * ratio;
    }

    LumaPlane plane_;
    std::int64_t scale_;
    Sampling sampling_;
    int threads_;
    LogPower power_;
    Candidate best_;
    double cost_ = HUGE_VAL;
    std::int64_t tried_ = 0;
};

double varianceOf(const LumaPlane& plane)
{
    double sum = 0, squares = 0;
    for (const double value : plane.values) {
        sum += value;
        squares += value * value;
    }
    const auto count = static_cast<double>(plane.values.size());
    return squares / count - sum * sum / (count * count);
}

Result<void> refine(Fit& fit, const Progress& progress)
{
    constexpr double kSteps[] = {0.5, 0.25, 0.125};
    constexpr int kMoves = 3; // with each
    double share = 0.8;
    for (const double step : kSteps) {
        for (int move = 0; move < kMoves && fit.tryAll(around(fit.best(), step)); ++move)
            if (progress && !progress(share + move * 0.02))
                return cancelled();
        share += 0.06;
    }
    return {};
}

} // namespace

Result<KernelFit> fitKernel(const Image& low, std::int64_t scale, Sampling sampling,
                            const Progress& progress, int threads)
{
    if (scale < 2 || scale > 4)
        return argumentError("a kernel is fitted for scales 2, 3 and 4, not {}", scale);
    if (std::min(low.width, low.height) < kLeastFitted * scale)
        return inputError("{} x {} pixels are too few to fit a kernel; {} at each side are needed",
                          low.width, low.height, kLeastFitted * scale);
    LumaPlane plane = middleLuma(low, scale);
    if (!(varianceOf(plane) >= 1.0))
        return inputError("the picture has no detail to fit a kernel to");
    Fit fit(std::move(plane), scale, sampling, threads);

    const std::vector<Candidate> all = grid();
    constexpr std::size_t kTogether = 16;
    for (std::size_t i = 0; i < all.size(); i += kTogether) {
        if (progress && !progress(0.8 * static_cast<double>(i) / static_cast<double>(all.size())))
            return cancelled();
        const auto first = all.begin() + static_cast<std::ptrdiff_t>(i);
        const auto count = static_cast<std::ptrdiff_t>(std::min(kTogether, all.size() - i));
        fit.tryAll({first, first + count});
    }
    VITRINE_CHECK(refine(fit, progress));
    return fit.result();
}

} // namespace vitrine::superres
