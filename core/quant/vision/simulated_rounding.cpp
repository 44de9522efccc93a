#include "core/quant/vision/rounded_rows.h"
#include "core/quant/vision/simulated_steps.h"

#include <algorithm>
#include <cassert>

namespace vitrine::quant
{
namespace
{

bool isMultiplied(const Rescale& by)
{
    return by.whole && !by.whole->isShift();
}

double factorOfRescale(const Rescale& by)
{
    return by.whole ? by.whole->factor() : by.factor;
}

} // namespace

void SimulatedRounding::codes(Matrix& sums, std::span<const Rescale> by,
                              std::span<const double> biases, const CodeGrid& grid) const
{
    const auto columns = static_cast<std::size_t>(sums.cols());
    assert(by.size() == 1 || by.size() == columns);
    assert(biases.empty() || biases.size() == columns);
    const auto multiplied = std::ranges::count_if(by, isMultiplied);
    if (rounding != Rounding::halfUp || (multiplied != 0 && multiplied != std::ssize(by))) {
        for (Eigen::Index r = 0; r < sums.rows(); ++r)
            for (std::size_t c = 0; c < columns; ++c) {
                double& sum = sums(r, static_cast<Eigen::Index>(c));
                sum =
                    code(sum + (biases.empty() ? 0 : biases[c]), by[by.size() == 1 ? 0 : c], grid);
            }
        return;
    }
    std::vector<double> factors(columns, factorOfRescale(by.front()));
    if (by.size() > 1)
        std::ranges::transform(by, factors.begin(), factorOfRescale);
    const auto zero = static_cast<double>(grid.zero);
    const SumRows rows{.sums = sums.data(),
                       .rows = sums.rows(),
                       .factors = factors,
                       .biases = biases,
                       .low = static_cast<double>(grid.low()) - zero,
                       .high = static_cast<double>(grid.high()) - zero};
    const std::int64_t halves = multiplied != 0 ? roundExactRows(rows) : roundRows(rows);
    if (count)
        *count += {sums.size(), halves};
}

void SimulatedRounding::codes(Matrix& values, const CodeGrid& grid) const
{
    std::vector<Rescale> by;
    for (std::size_t c = 0; c < static_cast<std::size_t>(values.cols()); ++c)
        by.push_back({1 / grid.scaleOf(c), {}});
    codes(values, by, {}, grid);
}

} // namespace vitrine::quant
