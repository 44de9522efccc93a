#pragma once

#include "core/base/result.h"
#include "core/quant/vision/vision_codes.h"
#include "core/tensor/kernels/sum_requantizer.h"

#include <cstdint>
#include <memory>
#include <span>

// The layers of a network in codes, one by one, in whole numbers.
namespace vitrine::quant
{

// A matrix of codes in the memory of a pass. Attention weights as powers of two are exponents
// (log_int_softmax.h).
struct CodeMatrix {
    std::int8_t* codes = nullptr;
    std::int64_t rows = 0, columns = 0;

    std::int64_t count() const { return rows * columns; }
};

class IntegerStep
{
public:
    virtual ~IntegerStep() = default;
    // Inputs in the order of the layer; none: the picture alone.
    virtual void run(std::span<const CodeMatrix> inputs, CodeMatrix output) const = 0;
};

// What a layer reads and gives.
struct StepGrids {
    const model::NetworkLayer& layer;
    std::span<const CodeGrid* const> inputs;
    const CodeGrid& output;
};
// Requantizers and grids as kernels have them.
inline kernels::SumFactor sumFactor(const Requantizer& by)
{
    return {by.multiplier, by.shift};
}
inline kernels::CodeRange codeRange(const CodeGrid& grid)
{
    return {static_cast<std::int32_t>(grid.low()), static_cast<std::int32_t>(grid.high()),
            static_cast<std::int32_t>(grid.zero)};
}

Result<std::unique_ptr<IntegerStep>> makeIntegerStep(const StepGrids& grids,
                                                     const CodedLayer& coded);

} // namespace vitrine::quant
