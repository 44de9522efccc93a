#include "core/quant/grid.h"

#include "core/base/parallel.h"
#include "core/tensor/tensor_view.h"

#include <algorithm>
#include <cmath>

namespace vitrine::quant
{

int Grid::index(double weight) const
{
    if (step == 0)
        return zero;
    const double steps = std::nearbyint(weight / static_cast<double>(step)) + zero;
    return static_cast<int>(std::clamp(steps, 0.0, std::ldexp(1.0, bits) - 1));
}

Grid fitGrid(std::span<const double> weights, int bits, bool isSymmetric)
{
    double least = 0, most = 0;
    for (const double weight : weights) {
        least = std::min(least, weight);
        most = std::max(most, weight);
    }
    if (isSymmetric) {
        most = std::max(most, -least);
        least = -most;
    }
    const int last = (1 << bits) - 1;
    const double step = std::min((most - least) / last, 65504.0);
    Grid grid{.step = fromHalf(toHalf(static_cast<float>(step))), .bits = bits};
    if (isSymmetric)
        grid.zero = 1 << (bits - 1);
    else if (grid.step > 0)
        grid.zero =
            static_cast<int>(std::clamp(std::nearbyint(-least / static_cast<double>(grid.step)),
                                        0.0, static_cast<double>(last)));
    return grid;
}

GridMethod::GridMethod(const QuantSettings& settings, const Matrix& weights)
    : packed_(packedCodes(settings, weights)),
      isSymmetric_(settings.symmetric),
      isStatic_(settings.ordering)
{
    packed_.codes.form = kernels::ScaleForm::grid;
    grids_.resize(static_cast<std::size_t>(packed_.codes.groups()));
}

Grid& GridMethod::grid(Eigen::Index output, Eigen::Index column)
{
    return grids_[static_cast<std::size_t>(output * packed_.codes.columnGroups() +
                                           column / packed_.codes.groupColumns)];
}

void GridMethod::begin(const Matrix& weights)
{
    if (!isStatic_)
        return;
    const Eigen::Index width = packed_.codes.groupColumns;
    parallelFor(groups(), [&](std::size_t output) {
        for (Eigen::Index first = 0; first < weights.cols(); first += width) {
            const ColumnSpan span{first, std::min(width, weights.cols() - first)};
            fit(output, span, weights.middleCols(span.first, span.count));
        }
    });
    isFitted_ = true;
}

std::size_t GridMethod::groups() const
{
    return static_cast<std::size_t>(packed_.codes.outputs);
}

void GridMethod::fit(std::size_t output, ColumnSpan span, const ConstRows& current)
{
    if (isFitted_)
        return;
    const auto row = static_cast<Eigen::Index>(output);
    const double* weights = current.data() + row * current.outerStride();
    grid(row, span.first) = fitGrid({weights, static_cast<std::size_t>(span.count)},
                                    packed_.codes.planes, isSymmetric_);
}

void GridMethod::assign(Eigen::Index column, Eigen::Index firstRow, std::span<const double> current,
                        std::span<double> decoded)
{
    for (std::size_t i = 0; i < current.size(); ++i) {
        const Eigen::Index row = firstRow + static_cast<Eigen::Index>(i);
        const Grid& own = grid(row, column);
        const int index = own.index(current[i]);
        decoded[i] = static_cast<double>(own.value(index));
        for (int plane = 0; plane < own.bits; ++plane)
            if (index >> (own.bits - 1 - plane) & 1)
                packed_.set(plane, row, column);
    }
}

kernels::BinaryCodes GridMethod::codes() const
{
    kernels::BinaryCodes codes = packed_.codes;
    std::vector<float> steps;
    for (const Grid& each : grids_) {
        steps.push_back(each.step);
        if (!isSymmetric_)
            codes.zeros.push_back(static_cast<std::uint8_t>(each.zero));
    }
    kernels::scalesFromSteps(codes, steps);
    return codes;
}

} // namespace vitrine::quant
