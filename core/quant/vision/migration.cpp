#include "core/quant/vision/migration.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace vitrine::quant
{
namespace
{

constexpr double kMostExponent = 5; // of factors that are powers of two

double migrationFactor(double maximum, double threshold, const MigrationOptions& options)
{
    const double factor = std::clamp(maximum / threshold, options.least, options.most);
    if (!options.powersOfTwo)
        return factor;
    return std::exp2(std::clamp(std::nearbyint(std::log2(factor)), 0.0, kMostExponent));
}

} // namespace

Result<Migration> migrationOf(std::span<const double> maxima, double quantileOfAll,
                              const MigrationOptions& options)
{
    assert(!maxima.empty() && options.least > 0 && options.least <= options.most);
    for (std::size_t channel = 0; channel < maxima.size(); ++channel)
        if (!std::isfinite(maxima[channel]))
            return inputError("the maximum of channel {} is {}", channel, maxima[channel]);
    const double mean =
        std::accumulate(maxima.begin(), maxima.end(), 0.0) / static_cast<double>(maxima.size());
    Migration migration{.threshold = std::max(mean, quantileOfAll), .factors = {}};
    if (!(migration.threshold > 0))
        return inputError("channels cannot be migrated: their threshold is {}, above 0 is needed",
                          migration.threshold);
    for (const double maximum : maxima)
        migration.factors.push_back(migrationFactor(maximum, migration.threshold, options));
    return migration;
}

void multiplyFilters(std::span<float> filters, std::span<const double> factors)
{
    assert(!factors.empty() && filters.size() % factors.size() == 0);
    const std::size_t size = filters.size() / factors.size();
    for (std::size_t i = 0; i < filters.size(); ++i)
        filters[i] = static_cast<float>(filters[i] * factors[i / size]);
}

void divideChannels(std::span<float> map, std::span<const double> factors)
{
    assert(!factors.empty() && map.size() % factors.size() == 0);
    for (std::size_t i = 0; i < map.size(); ++i)
        map[i] = static_cast<float>(map[i] / factors[i % factors.size()]);
}

} // namespace vitrine::quant
