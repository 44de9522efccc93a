#pragma once

#include "core/quant/layer_update.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::quant
{

// Whole numbers 0 .. 2^bits - 1 around a zero point: step * (i - zero).
struct Grid {
    float step = 0; // a half-precision number
    int zero = 0, bits = 8;

    // The nearest, ties to even; 0's for a step of 0.
    int index(double weight) const;
    float value(int index) const { return step * static_cast<float>(index - zero); }
};

// From the smallest to the largest weight, 0 among them; symmetric: from minus to plus the largest
// magnitude around 2^(bits - 1), whose step too much on the positive side is cut off (as OPTQ's).
// All-zero weights have a step of 0.
Grid fitGrid(std::span<const double> weights, int bits, bool isSymmetric);

// Grids for groups of inputs of each output, as ScaleForm::grid.
class GridMethod : public ColumnMethod
{
public:
    GridMethod(const QuantSettings& settings, const Matrix& weights);

    // In another order than their own the inputs of a group are not due together: all grids are
    // fitted before the first column ("static groups"), and groups stay neighbours.
    void begin(const Matrix& weights) override;
    std::size_t groups() const override;
    void fit(std::size_t output, ColumnSpan span, const ConstRows& current) override;
    void assign(Eigen::Index column, Eigen::Index firstRow, std::span<const double> current,
                std::span<double> decoded) override;

    // Inputs that are fitted when they are due.
    Eigen::Index spanWidth() const { return isStatic_ ? 1 : packed_.codes.groupColumns; }
    kernels::BinaryCodes codes() const;

private:
    Grid& grid(Eigen::Index output, Eigen::Index column);

    PackedCodes packed_;
    bool isSymmetric_, isStatic_, isFitted_ = false;
    std::vector<Grid> grids_; // [output][group of inputs]
};

} // namespace vitrine::quant
