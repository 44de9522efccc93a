#include "core/quant/vision/migration.h"

#include <algorithm>
#include <cassert>
#include <cmath>

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

Result<Migration> migrationOf(std::span<const ValueRange> channels, double quantileOfAll,
                              const MigrationOptions& options)
{
    assert(!channels.empty() && options.least > 0 && options.least <= options.most);
    double sum = 0;
    for (std::size_t channel = 0; channel < channels.size(); ++channel) {
        if (channels[channel].isEmpty() || !channels[channel].isFinite)
            return inputError("channel {} has {} and cannot be migrated", channel,
                              channels[channel].isFinite ? "no values" : "NaN or infinity");
        sum += channels[channel].high;
    }
    Migration migration{.threshold =
                            std::max(quantileOfAll, sum / static_cast<double>(channels.size())),
                        .factors = {}};
    if (!(migration.threshold > 0))
        return inputError("channels cannot be migrated: their threshold is {}, above 0 is needed",
                          migration.threshold);
    for (const ValueRange& channel : channels)
        migration.factors.push_back(migrationFactor(channel.high, migration.threshold, options));
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
