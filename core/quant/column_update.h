#pragma once

#include "core/base/result.h"
#include "core/quant/matrix.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace vitrine::quant
{

// Neighbouring inputs whose scales are fitted together.
struct ColumnSpan {
    Eigen::Index first = 0, count = 0;
};

// What a method does with the columns that are due. Calls for different groups, or for different
// rows, come from several threads at once.
class ColumnMethod
{
public:
    virtual ~ColumnMethod() = default;
    // Once before the first column, with the weights that come.
    virtual void begin(const Matrix& /*weights*/) {}
    // Groups of a span, fitted independently of each other.
    virtual std::size_t groups() const = 0;
    // Scales of one group from the span's columns as they are now [outputs, span.count].
    virtual void fit(std::size_t group, ColumnSpan span, const ConstRows& current) = 0;
    // Codes of one column's rows from `firstRow` on, with the scales of the last fit, and what they
    // decode to.
    virtual void assign(Eigen::Index column, Eigen::Index firstRow, std::span<const double> current,
                        std::span<double> decoded) = 0;
};

// OPTQ's and ShiftAddLLM's update (section 5): columns one after the other, each column's error
// passed on to those that are to come, so that the outputs change least. Without a factor there is
// none of it, and each column is quantized as it is.
struct ColumnUpdate {
    const Matrix& weights;                // [outputs, inputs]
    const std::vector<ColumnSpan>& spans; // in the order of work; they cover each input once
    const Matrix* upper = nullptr;        // HessianFactor::upper in that order
    const std::function<bool(double)>& progress;
};
struct UpdatedColumns {
    Matrix decoded;  // inputs in their own order
    double loss = 0; // sum of (w - q)^2 / R_cc^2 over all columns when they are due; of a factor
};
Result<UpdatedColumns> updateColumns(const ColumnUpdate& update, ColumnMethod& method);

} // namespace vitrine::quant
