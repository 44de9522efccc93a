#include "core/learning/nets/codec/tables.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vitrine::learning::codec
{

std::array<double, kSigmas> sigmas()
{
    std::array<double, kSigmas> values;
    for (int i = 0; i < kSigmas; ++i)
        values[static_cast<size_t>(i)] =
            kLeastSigma * std::pow(kMostSigma / kLeastSigma, i / (kSigmas - 1.0));
    return values;
}

Table tableOf(int16_t first, const std::vector<double>& probabilities)
{
    std::vector<double> shares = probabilities;
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    shares.push_back(std::max(0.0, 1.0 - sum));
    const double whole = std::max(1.0, sum);
    const size_t count = shares.size();
    const auto spread = static_cast<double>(kFrequencySum - count);

    Table table{first, std::vector<uint16_t>(count)};
    std::vector<double> remainders(count);
    uint32_t given = 0;
    for (size_t i = 0; i < count; ++i) {
        const double share = shares[i] / whole * spread;
        table.frequencies[i] = static_cast<uint16_t>(1.0 + std::floor(share));
        remainders[i] = share - std::floor(share);
        given += table.frequencies[i];
    }
    std::vector<size_t> order(count);
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::stable_sort(order,
                             [&](size_t a, size_t b) { return remainders[a] > remainders[b]; });
    for (size_t i = 0; given < kFrequencySum; i = (i + 1) % count, ++given)
        ++table.frequencies[order[i]];
    return table;
}

std::vector<Table> gaussianTables()
{
    const auto below = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
    std::vector<Table> tables;
    for (const double sigma : sigmas()) {
        const int reach = std::max(1, static_cast<int>(std::ceil(4.5 * sigma)));
        std::vector<double> probabilities;
        for (int symbol = -reach; symbol <= reach; ++symbol) {
            const double near = std::abs(symbol) - 0.5; // by symmetry in the lower tail
            probabilities.push_back(below(-near / sigma) - below(-(near + 1.0) / sigma));
        }
        tables.push_back(tableOf(static_cast<int16_t>(-reach), probabilities));
    }
    return tables;
}

Table logisticTable(double mean, double scale)
{
    const auto below = [&](double x) { return 1.0 / (1.0 + std::exp(-(x - mean) / scale)); };
    const double held = std::clamp(mean, -16000.0, 16000.0);
    const int middle = static_cast<int>(std::lround(held));
    const int reach = std::clamp(static_cast<int>(std::ceil(11.1 * scale + 0.5)), 1, 255);
    std::vector<double> probabilities;
    for (int symbol = middle - reach; symbol <= middle + reach; ++symbol)
        probabilities.push_back(below(symbol + 0.5) - below(symbol - 0.5));
    return tableOf(static_cast<int16_t>(middle - reach), probabilities);
}

double bitsIn(const Table& table, int symbol)
{
    const int at = symbol - table.first;
    const bool inside = at >= 0 && at < table.symbols();
    const double frequency =
        inside ? table.frequencies[static_cast<size_t>(at)] : table.frequencies.back();
    return -std::log2(frequency / kFrequencySum);
}

} // namespace vitrine::learning::codec
