#pragma once

#include "core/quant/column_update.h"
#include "core/quant/quantizer.h"

namespace vitrine::quant
{

// Spans of `width` inputs, the last may be narrower; with `hessian` those with the largest sum of
// its diagonal first (act order).
std::vector<ColumnSpan> columnSpans(Eigen::Index inputs, Eigen::Index width,
                                    const Matrix* hessian = nullptr);

// The update of a layer as the settings say: spans of `width` inputs in their order, with the
// task's Hessian where errors are compensated (dead inputs' weights are then taken as 0). Fills
// `decoded` and `loss` of the result.
Result<QuantizedLayer> updateLayer(const QuantSettings& settings, const LayerTask& task,
                                   bool isCompensated, Eigen::Index width, ColumnMethod& method);

// Codes of -1 everywhere with the sizes of groups that the settings ask for.
struct PackedCodes {
    kernels::BinaryCodes codes;
    std::shared_ptr<std::vector<std::uint8_t>> bytes;

    void set(int plane, std::int64_t output, std::int64_t input)
    {
        (*bytes)[static_cast<std::size_t>((plane * codes.outputs + output) * codes.codeBytes() +
                                          input / 8)] |=
            static_cast<std::uint8_t>(1 << (input % 8));
    }
};
PackedCodes packedCodes(const QuantSettings& settings, const Matrix& weights);

} // namespace vitrine::quant
