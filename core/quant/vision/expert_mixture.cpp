#include "core/quant/vision/expert_mixture.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <numeric>

namespace vitrine::quant
{
namespace
{

double normalDistribution(double x)
{
    return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

Matrix withBias(Matrix y, std::span<const double> bias)
{
    for (std::size_t o = 0; o < bias.size(); ++o)
        y.col(static_cast<Eigen::Index>(o)).array() += bias[o];
    return y;
}

} // namespace

Matrix routerLogits(const ExpertMixture& mixture, const Matrix& x)
{
    return withBias(x * mixture.router.transpose(), mixture.routerBias);
}

std::vector<std::uint8_t> chosenExperts(const Matrix& logits)
{
    std::vector<std::uint8_t> experts;
    for (Eigen::Index token = 0; token < logits.rows(); ++token)
        experts.push_back(logits(token, 1) > logits(token, 0));
    return experts;
}

std::vector<std::uint8_t> forcedExperts(const Matrix& logits, double multShare)
{
    std::vector<Eigen::Index> order(static_cast<std::size_t>(logits.rows()));
    std::iota(order.begin(), order.end(), Eigen::Index{0});
    std::ranges::stable_sort(
        order, {}, [&](Eigen::Index token) { return logits(token, 1) - logits(token, 0); });
    const auto mult = static_cast<std::size_t>(
        std::llround(std::clamp(multShare, 0.0, 1.0) * static_cast<double>(order.size())));
    std::vector<std::uint8_t> experts(order.size(), 1);
    for (std::size_t i = 0; i < mult; ++i)
        experts[static_cast<std::size_t>(order[i])] = 0;
    return experts;
}

std::vector<Eigen::Index> rowsFor(std::span<const std::uint8_t> experts, std::uint8_t expert)
{
    std::vector<Eigen::Index> rows;
    for (std::size_t token = 0; token < experts.size(); ++token)
        if (experts[token] == expert)
            rows.push_back(static_cast<Eigen::Index>(token));
    return rows;
}

Matrix gatheredRows(const Matrix& x, std::span<const Eigen::Index> rows)
{
    Matrix part(static_cast<Eigen::Index>(rows.size()), x.cols());
    for (std::size_t i = 0; i < rows.size(); ++i)
        part.row(static_cast<Eigen::Index>(i)) = x.row(rows[i]);
    return part;
}

void scatterRows(const Matrix& part, std::span<const Eigen::Index> rows, Matrix& whole)
{
    assert(part.rows() == static_cast<Eigen::Index>(rows.size()) && part.cols() == whole.cols());
    for (std::size_t i = 0; i < rows.size(); ++i)
        whole.row(rows[i]) = part.row(static_cast<Eigen::Index>(i));
}

Matrix mixtureProduct(const ExpertMixture& mixture, const Matrix& x,
                      std::span<const std::uint8_t> experts)
{
    assert(static_cast<Eigen::Index>(experts.size()) == x.rows());
    const auto mult = rowsFor(experts, 0), shift = rowsFor(experts, 1);
    Matrix y(x.rows(), mixture.weights.rows());
    scatterRows(
        withBias(gatheredRows(x, mult).lazyProduct(mixture.weights.transpose()), mixture.bias),
        mult, y);
    scatterRows(shiftedProduct(mixture.shift, gatheredRows(x, shift)), shift, y);
    return y;
}

double squaredVariation(std::span<const double> values)
{
    assert(values.size() >= 2);
    const double count = static_cast<double>(values.size()),
                 mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0;
    for (const double value : values)
        squares += (value - mean) * (value - mean);
    return squares / (count - 1) / (mean * mean + 1e-10);
}

Balance balanceOf(const Matrix& clean, const Matrix& noisy, std::array<double, 2> latencies,
                  double deviation)
{
    const double all = latencies[0] + latencies[1];
    std::array<double, 2> importance{}, load{};
    for (Eigen::Index token = 0; token < clean.rows(); ++token)
        for (Eigen::Index i = 0; i < 2; ++i) {
            const auto expert = static_cast<std::size_t>(i);
            const double alpha = latencies[expert] / all;
            importance[expert] += alpha / (1 + std::exp(clean(token, 1 - i) - clean(token, i)));
            load[expert] +=
                alpha * normalDistribution((clean(token, i) - noisy(token, 1 - i)) / deviation);
        }
    return {squaredVariation(importance), squaredVariation(load)};
}

std::array<double, 2> idealSplit(std::array<double, 2> latencies)
{
    const double all = latencies[0] + latencies[1];
    return {latencies[1] / all, latencies[0] / all};
}

MixtureTime mixtureTime(std::array<std::int64_t, 2> tokens, std::array<double, 2> latencies)
{
    const double mult = static_cast<double>(tokens[0]) * latencies[0],
                 shift = static_cast<double>(tokens[1]) * latencies[1];
    return {mult + shift, std::max(mult, shift)};
}

} // namespace vitrine::quant
