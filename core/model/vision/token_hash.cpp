#include "core/model/vision/token_hash.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vitrine::model
{
namespace
{

double squaredLength(std::span<const double> x)
{
    return std::inner_product(x.begin(), x.end(), x.begin(), 0.0);
}

std::vector<double> unitToken(std::span<const double> token)
{
    constexpr double kLeastLength = 1e-12; // of a row of zeros
    const double length = std::max(std::sqrt(squaredLength(token)), kLeastLength);
    std::vector<double> unit(token.begin(), token.end());
    for (double& value : unit)
        value /= length;
    return unit;
}

std::vector<double> squaredLengths(std::span<const double> rows, std::size_t width)
{
    std::vector<double> lengths;
    for (std::size_t at = 0; at < rows.size(); at += width)
        lengths.push_back(squaredLength(rows.subspan(at, width)));
    return lengths;
}

// |x - a|^2 = |x|^2 - 2 x a + |a|^2, for every token and anchor.
std::vector<double> squaredDistances(const TokenHash& hash, HeadTokens tokens)
{
    const auto width = static_cast<std::size_t>(hash.channels);
    const std::vector<double> anchors(hash.anchorRows.begin(), hash.anchorRows.end()),
        lengths = squaredLengths(anchors, width);
    std::vector<double> distances;
    distances.reserve(static_cast<std::size_t>(tokens.count() * hash.anchors));
    for (std::size_t at = 0; at < tokens.values.size(); at += width) {
        const std::vector<double> x = unitToken(tokens.values.subspan(at, width));
        const double squared = squaredLength(x);
        for (std::size_t j = 0; j < lengths.size(); ++j) {
            const double product =
                std::inner_product(x.begin(), x.end(), anchors.data() + j * width, 0.0);
            distances.push_back(squared - 2 * product + lengths[j]);
        }
    }
    return distances;
}

} // namespace

std::vector<double> hashKernel(const TokenHash& hash, HeadTokens tokens)
{
    std::vector<double> kernel = squaredDistances(hash, tokens);
    const double all = std::accumulate(kernel.begin(), kernel.end(), 0.0),
                 sigma = std::max(all / static_cast<double>(kernel.size()), 1e-12);
    for (double& value : kernel)
        value = std::exp(value / (-2 * sigma));
    return kernel;
}

std::vector<std::uint8_t> hashedCodes(const TokenHash& hash, HeadTokens tokens)
{
    const auto anchors = static_cast<std::size_t>(hash.anchors);
    std::vector<double> kernel = hashKernel(hash, tokens);
    std::vector<std::uint8_t> codes;
    codes.reserve(static_cast<std::size_t>(tokens.count() * hash.bits));
    for (std::size_t at = 0; at < kernel.size(); at += anchors) {
        const std::span<double> phi(kernel.data() + at, anchors);
        for (std::size_t j = 0; j < anchors; ++j)
            phi[j] -= static_cast<double>(hash.means[j]);
        for (std::size_t r = 0; r < hash.weights.size(); r += anchors) {
            double sum = 0;
            for (std::size_t j = 0; j < anchors; ++j)
                sum += static_cast<double>(hash.weights[r + j]) * phi[j];
            codes.push_back(sum > 0);
        }
    }
    return codes;
}

} // namespace vitrine::model
