#include "core/learning/nets/superres/quality.h"

#include <cmath>
#include <limits>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

Tensor withoutBorder(const Tensor& luma, int64_t border)
{
    return luma.slice(0, border, luma.size(0) - border).slice(1, border, luma.size(1) - border);
}

// size - 10 x size: the means under a Gaussian of eleven taps.
Tensor gaussianMatrix(int64_t size)
{
    const Tensor taps = torch::exp((torch::arange(11, torch::kDouble) - 5.0).square() / -4.5);
    const Tensor kernel = taps / taps.sum();
    const Tensor matrix = torch::zeros({size - 10, size}, torch::kDouble);
    for (int64_t i = 0; i < size - 10; ++i)
        matrix[i].slice(0, i, i + 11).copy_(kernel);
    return matrix;
}

} // namespace

Tensor lumaOf(const Tensor& picture)
{
    const Tensor rgb = picture.to(torch::kDouble) / 255.0;
    return (65.481 * rgb[0] + 128.553 * rgb[1] + 24.966 * rgb[2] + 16.0).round();
}

double psnrY(const Tensor& a, const Tensor& b, int64_t border)
{
    const Tensor difference = withoutBorder(lumaOf(a), border) - withoutBorder(lumaOf(b), border);
    const double error = difference.square().mean().item<double>();
    return error > 0.0 ? 10.0 * std::log10(255.0 * 255.0 / error)
                       : std::numeric_limits<double>::infinity();
}

double ssimY(const Tensor& a, const Tensor& b, int64_t border)
{
    const Tensor x = withoutBorder(lumaOf(a), border), y = withoutBorder(lumaOf(b), border);
    if (x.size(0) < 11 || x.size(1) < 11)
        return std::numeric_limits<double>::quiet_NaN();
    const Tensor rows = gaussianMatrix(x.size(0)), columns = gaussianMatrix(x.size(1)).t();
    const auto mean = [&](const Tensor& z) { return rows.matmul(z).matmul(columns); };
    const Tensor mx = mean(x), my = mean(y);
    const Tensor vx = mean(x * x) - mx * mx, vy = mean(y * y) - my * my;
    const Tensor covariance = mean(x * y) - mx * my;
    const double c1 = 0.01 * 255 * 0.01 * 255, c2 = 0.03 * 255 * 0.03 * 255;
    const Tensor map =
        (2 * mx * my + c1) * (2 * covariance + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2));
    return map.mean().item<double>();
}

} // namespace vitrine::learning
