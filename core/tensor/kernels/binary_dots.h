#pragma once

#include "core/tensor/kernels/binary_inputs.h"

namespace vitrine::kernels
{

// y[r - begin] += rows begin <= r < end of a plane times the inputs, by integer dot products of
// code bits and inputs: for each piece of the inputs the exact sum of +-q times the step (times the
// row's scale, where scales are of rows), summed in single precision in the order of the pieces,
// then added to y. Equal to the bit on every processor.
void addDots(const BinaryTiles& tiles, const InputPlan& plan, int plane,
             const QuantizedInputs& inputs, std::int64_t begin, std::int64_t end, float* y);

} // namespace vitrine::kernels
