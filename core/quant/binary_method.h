#pragma once

#include "core/quant/binary_coding.h"
#include "core/quant/layer_update.h"

#include <vector>

namespace vitrine::quant
{

// Binary codes of a layer by rows, columns or blocks, with scales fitted to a span's columns as
// they are when the first of them is due.
class BinaryMethod : public ColumnMethod
{
public:
    BinaryMethod(const QuantSettings& settings, const Matrix& weights);

    std::size_t groups() const override;
    void fit(std::size_t group, ColumnSpan span, const ConstRows& current) override;
    void assign(Eigen::Index column, Eigen::Index firstRow, std::span<const double> current,
                std::span<double> decoded) override;

    Eigen::Index spanWidth() const { return packed_.codes.groupColumns; }
    const kernels::BinaryCodes& codes() const { return packed_.codes; }
    std::vector<double> roundErrors() const; // mean squared, see QuantizedLayer

private:
    PackedCodes packed_;
    BinaryFitSettings how_;
    std::vector<BinaryLevels> levels_;             // [group of rows]: of the span at work
    std::vector<std::vector<double>> roundErrors_; // [group of rows][round]: sums over spans
};

// By a BinaryMethod, all in one.
Result<QuantizedLayer> quantizeInBinaryCodes(const QuantSettings& settings, const LayerTask& task,
                                             bool isCompensated);

} // namespace vitrine::quant
